"""What Meta's words and codes for templates mean, and what to do about them."""

from rejoinder.workbench.graph.client import GraphError
from rejoinder.workbench.templates.answers import Shown

STATUSES = {
    "approved": "can be sent",
    "pending": "in review, which takes up to 24 hours",
    "in_appeal": "rejected, and looked at again",
    "rejected": "cannot be sent: change its file and push it",
    "paused": "cannot be sent for some hours, because contacts disliked it: change its words and push it",
    "disabled": "cannot be sent any more: write another one",
    "limit_exceeded": "the account has too many templates: delete some",
    "pending_deletion": "is being deleted",
    "deleted": "was deleted: its name is free after 30 days",
    "archived": "was set aside, because nobody sent it: unarchive it in the WhatsApp Manager",
}
"""What each status means for the business."""

QUALITIES = {
    "yellow": "contacts begin to dislike it",
    "red": "contacts dislike it, and Meta may pause it soon",
}
"""What a quality means that is not good."""

REASONS = {
    "ABUSIVE_CONTENT": "Meta takes it for abuse: leave out threats and what may offend",
    "CATEGORY_NOT_AVAILABLE": "the account may not use this category: look into the WhatsApp Manager",
    "INCORRECT_CATEGORY": "the words belong to another category: set `category:` to it",
    "INVALID_FORMAT": "a variable or a link is malformed: put words between variables, give whole examples",
    "PROMOTIONAL": "it advertises: set `category: marketing`, or leave the offer out",
    "SCAM": "Meta takes it for a fraud: leave out requests for passwords, card numbers and the like",
    "TAG_CONTENT_MISMATCH": "the language or the category is not that of the words: change one of them",
}
"""What to do about each reason of a rejection."""

CURES = {
    4: "Meta gets too many requests: push again in an hour",
    10: "give the token the permission whatsapp_business_management",
    190: "the token is not valid any more: `rejoinder secrets` stores another one",
    200: "give the token the permission whatsapp_business_management",
    368: "the account is blocked for a time: look into the WhatsApp Manager",
    80007: "Meta takes 100 new templates in an hour: push again in an hour",
    80008: "Meta gets too many requests for this account: push again in an hour",
    131031: "the account is locked: look into the WhatsApp Manager",
    132005: "the words are too long with their examples: shorten both",
    132007: "the words break a policy: `rejoinder templates lint` knows the rules of form",
    132012: "a variable has a wrong form: `rejoinder templates lint` names it",
    2388019: "the account has as many templates as it may: delete some with `push --delete NAME`",
    2388023: "the old one is still being deleted: take another name, or wait up to 30 days",
    2388024: "somebody has just created it: `rejoinder templates diff` shows what is there",
    2388039: "wait until its review is over, and push again",
    2388040: "a text is too long: `rejoinder templates lint` names it",
    2388047: "mend the header",
    2388072: "mend the body",
    2388073: "mend the footer",
    2388293: "write more words, or fewer variables",
    2494102: "the upload of its example has ended: push again",
    2388299: "put words before the first variable and after the last one",
}
"""What to do about an error, by Meta's code, or by its second code."""

NO_OBJECT = 33
"""The second code of an object that is not there, or that the token does not see."""


def meaning(template: Shown) -> str:
    """Return what the state of a template means for the business."""
    told = [STATUSES.get(template.status, "see the WhatsApp Manager")]
    if template.status == "rejected" and template.reason:
        told = [rejection(template.reason)]
    if template.quality in QUALITIES:
        told.append(QUALITIES[template.quality])
    return "; ".join(told)


def rejection(reason: str) -> str:
    """Return why a template was rejected, and what to do about it."""
    cure = REASONS.get(reason, "look into the WhatsApp Manager, where an appeal is possible")
    return f"{reason}: {cure}" if reason else cure


def refusal(error: GraphError) -> str:
    """Return an error of Meta's in one line, with its cure where one is known."""
    if (error.code, error.subcode) == (100, NO_OBJECT):
        return f"{error}; the token does not see this account: check waba_id and the token's assets"
    cure = CURES.get(error.subcode) or CURES.get(error.code)
    return f"{str(error).rstrip('.')}; {cure}" if cure else str(error)
