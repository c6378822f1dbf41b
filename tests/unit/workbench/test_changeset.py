"""What a change set would lose."""

import pytest

from rejoinder.workbench.deployment.changeset import Change


def _change(**more: str) -> Change:
    given = {"Action": "Modify", "LogicalResourceId": "Table", "ResourceType": "AWS::DynamoDB::Table"}
    return Change.of(given | more)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (_change(Action="Remove"), "Table (conversations) would be removed"),
        (_change(Replacement="True"), "Table (conversations) would be replaced by an empty one"),
        (_change(Replacement="Conditional"), "Table (conversations) may be replaced by an empty one"),
        (
            _change(Action="Remove", PolicyAction="Retain"),
            "Table (conversations) would be removed; AWS keeps the old one, but the bot does not see it",
        ),
    ],
)
def test_a_loss_is_said(change: Change, line: str) -> None:
    assert change.loses
    assert str(change) == line


@pytest.mark.parametrize(
    "change",
    [
        _change(Replacement="False"),
        _change(Action="Add"),
        _change(Action="Remove", ResourceType="AWS::CloudWatch::Alarm"),
        _change(Replacement="True", ResourceType="AWS::Lambda::LayerVersion"),
    ],
)
def test_what_holds_nothing_is_no_loss(change: Change) -> None:
    assert not change.loses
