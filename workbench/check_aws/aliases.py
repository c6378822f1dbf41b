"""Whether events reach the versions that a deployment moves to step by step."""

from collections.abc import Iterator

from rejoinder.workbench.check_aws.site import Site
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good


def look_at_aliases(site: Site) -> Finding:
    """Look whether each alias of the stack leads to a version, and whether events come through it."""
    aliases = dict(arn.rpartition(":")[::2] for arn in _of_type(site, "AWS::Lambda::Alias"))
    if not aliases:
        raise NotNow(f"{'on the local AWS the stack' if site.is_local else 'this stack'} has no aliases")
    client = site.place.client("lambda")
    called = [*_called(site)]
    wrong = []
    for function, alias in aliases.items():
        version = client.get_alias(FunctionName=function, Name=alias)["FunctionVersion"]
        if version == "$LATEST":
            wrong.append(f"{alias} of {function} leads to no version")
        if any(function in one and f"{function}:{alias}" not in one for one in called):
            wrong.append(f"events come to {function} itself, past its alias {alias}")
    if wrong:
        return bad(
            "; ".join(wrong), "look at IngressLive and ProcessorLive in template.yaml, and at who calls them"
        )
    return good(f"{len(aliases)} aliases lead to versions, and events come through them")


def _of_type(site: Site, kind: str) -> list[str]:
    pages = site.place.client("cloudformation").get_paginator("list_stack_resources")
    return [
        one["PhysicalResourceId"]
        for page in pages.paginate(StackName=site.place.stack_name)
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] == kind
    ]


def _called(site: Site) -> Iterator[str]:
    """Yield the ARNs that the queues and the API call."""
    sqs, functions = site.place.client("sqs"), site.place.client("lambda")
    for url in (site.place.inbound_queue_url, site.place.outbound_queue_url, site.place.events_queue_url):
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        for one in functions.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]:
            yield one["FunctionArn"]
    for api in _of_type(site, "AWS::ApiGatewayV2::Api"):
        for one in site.place.client("apigatewayv2").get_integrations(ApiId=api)["Items"]:
            yield one["IntegrationUri"]
