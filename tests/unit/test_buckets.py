"""What template.yaml says of its buckets: who reaches them, and how long they keep things."""

import copy
from collections.abc import Callable

import pytest

from rejoinder.aws.media import FRESH
from tests.unit import bucket_rules as rules
from tests.unit.template_rules import Json, Rule, translated
from tests.unit.test_template import properties, set_at, set_in

PRIVATE = ("MediaBucket", "Properties", "PublicAccessBlockConfiguration")
LIFECYCLE = ("MediaBucket", "Properties", "LifecycleConfiguration", "Rules")
FILES_OF_THE_PROCESSOR = ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"]


@pytest.fixture(scope="module")
def template() -> Json:
    return translated()


@pytest.mark.parametrize("rule", rules.BUCKET_RULES, ids=lambda rule: rule.__name__)
def test_the_buckets_keep(rule: Rule, template: Json) -> None:
    assert rule(template) == []


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        (rules.buckets_are_private, set_at("MediaBucket", "Properties", "BucketEncryption", to={})),
        (
            rules.buckets_are_private,
            set_at(*PRIVATE, "RestrictPublicBuckets", to=False),
        ),
        (
            rules.buckets_are_private,  # what was erased would be an older version
            set_at("MediaBucket", "Properties", "VersioningConfiguration", to={"Status": "Enabled"}),
        ),
        (
            rules.buckets_are_private,
            set_at("MediaTlsOnly", "Properties", "Bucket", to={"Ref": "QuarantineBucket"}),
        ),
        (rules.buckets_are_private, set_in("MediaTlsOnly", "s3:*", Condition={})),
        (rules.buckets_are_private, set_in("MediaTlsOnly", "s3:*", Resource=[])),
        (
            rules.objects_expire,
            lambda template: properties(template, "MediaBucket").pop("LifecycleConfiguration"),
        ),
        (rules.objects_expire, set_at(*LIFECYCLE, 0, "Status", to="Disabled")),
        (
            rules.objects_expire,
            lambda template: properties(template, "MediaBucket")["LifecycleConfiguration"]["Rules"].pop(),
        ),
        (
            rules.files_are_reached_by_two_functions,
            set_in("ProcessorRole", FILES_OF_THE_PROCESSOR, Resource={"Fn::GetAtt": ["MediaBucket", "Arn"]}),
        ),
        (
            rules.files_are_reached_by_two_functions,
            set_in("SenderRole", "s3:GetObject", Action=["s3:GetObject", "s3:DeleteObject"]),
        ),
        (
            rules.files_are_reached_by_two_functions,
            set_at(
                "SenderFunction",
                "Properties",
                "Environment",
                "Variables",
                "MEDIA_BUCKET",
                to={"Ref": "QuarantineBucket"},
            ),
        ),
    ],
)
def test_a_planted_fault_of_a_bucket_is_found(
    rule: Rule, plant: Callable[[Json], None], template: Json
) -> None:
    faulty = copy.deepcopy(template)
    plant(faulty)
    assert rule(faulty) != []


def test_a_file_that_a_message_waits_with_outlives_it(template: Json) -> None:
    """A file that was written within `FRESH` is not written again."""
    days = [
        rule.get("ExpirationInDays")
        for rule in properties(template, "MediaBucket")["LifecycleConfiguration"]["Rules"]
    ]
    assert days[0] == {"Ref": "MediaRetentionDays"}
    shortest = min(template["Parameters"]["MediaRetentionDays"]["MinValue"], days[1])
    waits = properties(template, "OutboundQueue")["MessageRetentionPeriod"]
    assert (shortest * 86400) - FRESH.total_seconds() > waits
