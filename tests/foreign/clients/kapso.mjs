// @kapso/whatsapp-cloud-api, as its users write it, with its own reader of webhooks.

import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { PLAN, bytesOf, obey, tell } from "./told.mjs";

const { contact: to, link, number, inbound } = PLAN;
const png = Buffer.from(PLAN.png, "hex");
const client = new WhatsAppClient({ accessToken: PLAN.token, baseUrl: PLAN.url, graphVersion: "v25.0" });
const { messages } = client;
const whom = { phoneNumberId: number, to };
const say = (name, parts) => () => messages[name]({ ...whom, ...parts });
const template = (name, components = []) =>
    say("sendTemplate", { template: { name, language: { code: "en" }, components } });
const text = (value, more = {}) => ({ type: "text", text: value, ...more });

// Upload a file, look it up, fetch it and delete it.
async function file() {
    const blob = new Blob([png], { type: "image/png" });
    const { id } = await client.media.upload({
        phoneNumberId: number,
        type: "image/png",
        file: blob,
        fileName: "a.png",
    });
    const fetched = Buffer.from(await client.media.download({ mediaId: id, phoneNumberId: number, auth: "always" }));
    await say("sendImage", { image: { id } })();
    const deleted = await client.media.delete({ mediaId: id, phoneNumberId: number });
    return { same: fetched.equals(png), deleted: deleted.success };
}

const sends = {
    text: say("sendText", { body: "hello", previewUrl: true }),
    reply: say("sendText", { body: "yes", contextMessageId: inbound }),
    "user id": () => messages.sendText({ phoneNumberId: number, recipient: PLAN.user_id, body: "hello" }),
    image: say("sendImage", { image: { link, caption: "Look" } }),
    video: say("sendVideo", { video: { link, caption: "Look" } }),
    audio: say("sendAudio", { audio: { link } }),
    voice: say("sendAudio", { audio: { link, voice: true } }),
    document: say("sendDocument", { document: { link, filename: "a.pdf", caption: "Look" } }),
    sticker: say("sendSticker", { sticker: { link } }),
    location: say("sendLocation", {
        location: { latitude: 52.5, longitude: 13.4, name: "Clinic", address: "Long Road 1" },
    }),
    contacts: say("sendContacts", {
        contacts: [
            {
                name: { formattedName: "Ada Berg", firstName: "Ada" },
                phones: [{ phone: "+491700000009", type: "WORK" }],
            },
        ],
    }),
    "contact with one name": say("sendContacts", { contacts: [{ name: { formattedName: "Ada" } }] }),
    reaction: say("sendReaction", { reaction: { messageId: inbound, emoji: "👍" } }),
    "reaction removed": say("sendReaction", { reaction: { messageId: inbound, emoji: "" } }),
    buttons: say("sendInteractiveButtons", {
        header: { type: "image", image: { link } },
        bodyText: "Well?",
        footerText: "soon",
        buttons: [{ id: "yes", title: "Yes" }],
    }),
    list: say("sendInteractiveList", {
        bodyText: "When?",
        buttonText: "Times",
        sections: [{ title: "Monday", rows: [{ id: "m9", title: "9:00", description: "with Ada" }] }],
    }),
    product: say("sendInteractiveProduct", {
        bodyText: "This?",
        catalogId: "77",
        productRetailerId: "brace-1",
    }),
    products: say("sendInteractiveProductList", {
        header: { type: "text", text: "Braces" },
        bodyText: "Choose",
        catalogId: "77",
        sections: [{ title: "Knee", productItems: [{ productRetailerId: "brace-1" }] }],
    }),
    flow: say("sendInteractiveFlow", {
        bodyText: "Register",
        parameters: {
            flowId: "99",
            flowCta: "Register",
            flowToken: "7",
            flowAction: "navigate",
            flowActionPayload: { screen: "START", data: { name: "Ada" } },
        },
    }),
    address: say("sendInteractiveAddress", { bodyText: "Where to?", parameters: { country: "IN" } }),
    "location request": say("sendInteractiveLocationRequest", {
        bodyText: "Where are you?",
        parameters: { requestMessage: "Where?" },
    }),
    "call permission": say("sendInteractiveCallPermission", {
        bodyText: "May we?",
        parameters: { phoneNumber: to },
    }),
    url: say("sendInteractiveCtaUrl", { bodyText: "Look", parameters: { displayText: "Open", url: link } }),
    carousel: say("sendInteractiveCarousel", {
        bodyText: "Rooms",
        cards: [0, 1].map((cardIndex) => ({
            cardIndex,
            header: { type: "image", image: { link } },
            bodyText: `Room ${cardIndex}`,
            action: { displayText: "Look", url: link },
        })),
    }),
    catalog: say("sendInteractiveCatalogMessage", {
        bodyText: "See",
        parameters: { thumbnailProductRetailerId: "brace-1" },
    }),
    raw: () =>
        messages.sendRaw({
            phoneNumberId: number,
            payload: { messaging_product: "whatsapp", to, type: "text", text: { body: "hello" } },
        }),
    read: () => messages.markRead({ phoneNumberId: number, messageId: inbound }),
    typing: () =>
        messages.markRead({ phoneNumberId: number, messageId: inbound, typingIndicator: { type: "text" } }),
    template: template("plain"),
    "template by position": template("positional", [
        { type: "header", parameters: [text("x")] },
        { type: "body", parameters: [text("a"), text("b"), text("c")] },
    ]),
    "template by name": template("named", [
        { type: "body", parameters: [text("Ada", { parameterName: "name" }), text("nine", { parameterName: "hour" })] },
    ]),
    "template with an image": template("image_header", [
        { type: "header", parameters: [{ type: "image", image: { link } }] },
        { type: "body", parameters: [text("Ada")] },
    ]),
    "template with buttons": template("buttons", [
        { type: "button", subType: "quick_reply", index: 0, parameters: [{ type: "payload", payload: "yes" }] },
        { type: "button", subType: "url", index: 1, parameters: [text("7")] },
        {
            type: "button",
            subType: "copy_code",
            index: 2,
            parameters: [{ type: "coupon_code", couponCode: "SAVE7" }],
        },
    ]),
    "template with a flow": template("flow_button", [
        {
            type: "button",
            subType: "flow",
            index: 0,
            parameters: [{ type: "action", action: { flow_token: "7", flow_action_data: { name: "Ada" } } }],
        },
    ]),
    file,
    "too long": say("sendText", { body: "x".repeat(4097) }),
};

async function outcomeOf(send) {
    try {
        const answer = await send();
        return answer.messages ? { id: answer.messages[0].id } : answer;
    } catch (error) {
        const code = error.code ?? error.error?.code;
        const words = error.details ?? error.message;
        return code ? { code, words: typeof words === "string" ? words : JSON.stringify(words) } : { error: String(error) };
    }
}

const get = (query) =>
    query["hub.verify_token"] === PLAN.verify_token ? [200, query["hub.challenge"]] : [403, ""];

async function post(request) {
    const rawBody = await bytesOf(request);
    const signatureHeader = request.headers["x-hub-signature-256"];
    if (!verifySignature({ appSecret: PLAN.app_secret, rawBody, signatureHeader })) {
        return [401, ""];
    }
    const { messages: heard, statuses } = normalizeWebhook(JSON.parse(rawBody.toString()));
    for (const one of heard) {
        tell({ received: one.id, shape: "message", type: one.type });
    }
    for (const one of statuses) {
        tell({ received: one.id, shape: "status", type: one.status });
    }
    return [200, ""];
}

await obey(sends, outcomeOf, get, post);
