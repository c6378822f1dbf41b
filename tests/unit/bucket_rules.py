"""The rules for the buckets of template.yaml, as CloudFormation gets them."""

import json

from tests.unit.template_rules import Json, Rule, functions, listed, referred, resources, statements


def buckets_are_private(template: Json) -> list[str]:
    """Nobody reads a bucket by its address, or without TLS, and nothing that was deleted stays."""
    policies = {
        referred(policy["Bucket"])[0]: policy
        for policy in resources(template, "AWS::S3::BucketPolicy").values()
    }
    found = []
    for name, bucket in resources(template, "AWS::S3::Bucket").items():
        encrypted = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
        if encrypted != [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]:
            found.append(f"{name}: not encrypted")
        blocks = bucket.get("PublicAccessBlockConfiguration", {})
        if [*blocks.values()] != [True] * 4:
            found.append(f"{name}: may become public")
        if "VersioningConfiguration" in bucket:
            found.append(f"{name}: keeps what was deleted")
        if [*statements(policies.get(name))] != [_without_tls(name)]:
            found.append(f"{name}: reached without TLS")
    return found


def _without_tls(bucket: str) -> Json:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"Fn::GetAtt": [bucket, "Arn"]}, {"Fn::Sub": f"${{{bucket}.Arn}}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    }


def objects_expire(template: Json) -> list[str]:
    """Every object has an end, and so has what broke off while it was written."""
    found = []
    for name, bucket in resources(template, "AWS::S3::Bucket").items():
        rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
        kept = {
            rule.get("Prefix", "")
            for rule in rules
            if rule["Status"] == "Enabled" and "ExpirationInDays" in rule
        }
        if not ({""} <= kept or {"contacts/", "bot/"} <= kept):
            found.append(f"{name}: keeps objects for ever")
        if not any("AbortIncompleteMultipartUpload" in rule for rule in rules if rule["Status"] == "Enabled"):
            found.append(f"{name}: keeps what broke off")
    return found


FILES = {
    "ProcessorRole": {"s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"},
    "SenderRole": {"s3:GetObject"},
}
"""Who reaches the files, and how. Nobody deletes them."""

LISTS = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": {"Fn::GetAtt": ["MediaBucket", "Arn"]}}
"""What they need too: S3 tells only who may list a bucket that a file is not there."""


def files_are_reached_by_two_functions(template: Json) -> list[str]:
    found = []
    for name in resources(template, "AWS::IAM::Role"):
        reached: set[str] = set()
        for statement in statements(template["Resources"][name]["Properties"]["Policies"]):
            if "MediaBucket" in json.dumps(statement["Resource"]) and statement != LISTS:
                reached |= {*listed(statement["Action"])}
                if statement["Resource"] != {"Fn::Sub": "${MediaBucket.Arn}/*"}:
                    found.append(f"{name}: reaches more than files")
        if reached != FILES.get(name, set()):
            found.append(f"{name}: may do more or less with files than it does")
    for name, function in functions(template).items():
        bucket = function["Environment"]["Variables"].get("MEDIA_BUCKET", {"Ref": "MediaBucket"})
        if bucket != {"Ref": "MediaBucket"}:
            found.append(f"{name}: keeps files elsewhere")
    return found


BUCKET_RULES: list[Rule] = [buckets_are_private, objects_expire, files_are_reached_by_two_functions]
