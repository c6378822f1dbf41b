// whatsapp-api-js, as its users write it, with its own middleware for node:http.

import { WhatsAppAPI } from "whatsapp-api-js/middleware/node-http";
import * as m from "whatsapp-api-js/messages";
import { PLAN, obey, tell } from "./told.mjs";

const { contact: to, link, number, inbound } = PLAN;
const png = Buffer.from(PLAN.png, "hex");

// The library has the address of Meta in it. It takes another `fetch`.
const redirected = (url, options) =>
    fetch(String(url).replace("https://graph.facebook.com", PLAN.url), options);
const api = new WhatsAppAPI({
    token: PLAN.token,
    appSecret: PLAN.app_secret,
    webhookVerifyToken: PLAN.verify_token,
    v: "v25.0",
    ponyfill: { fetch: redirected },
});
api.on.message = ({ message }) => tell({ received: message.id, shape: "message", type: message.type });
api.on.status = ({ id, status }) => tell({ received: id, shape: "status", type: status });

const send = (message, context) => () => api.sendMessage(number, { phone: to }, message, context, "7");
const interactive = (action, ...parts) => send(new m.Interactive(action, ...parts));
const template = (name, ...components) => send(new m.Template(name, "en", ...components));
const body = new m.Body("Well?");
const row = new m.Row("m9", "9:00", "with Ada");
const product = new m.CatalogProduct("brace-1", "77");
const sections = [
    new m.ProductSection("Knee", new m.Product("brace-1")),
    new m.ProductSection("Wrist", new m.Product("brace-2")),
];
const card = (n) =>
    new m.CarouselCard(
        new m.Image(link),
        new m.BodyComponent(new m.BodyParameter(`Room ${n}`)),
        new m.PayloadComponent(`room-${n}`),
        new m.URLComponent("7"),
    );

// Upload a file, look it up, fetch it and delete it.
async function file() {
    const form = new FormData();
    form.set("file", new Blob([png], { type: "image/png" }), "a.png");
    const { id } = await api.uploadMedia(number, form);
    const { url } = await api.retrieveMedia(id);
    const fetched = Buffer.from(await (await api.fetchMedia(url)).arrayBuffer());
    await send(new m.Image(id, true))();
    return { same: fetched.equals(png), deleted: (await api.deleteMedia(id)).success };
}

const sends = {
    text: send(new m.Text("hello", true)),
    reply: send(new m.Text("yes"), inbound),
    "user id": () => api.sendMessage(number, { bsuid: PLAN.user_id }, new m.Text("hello")),
    group: () => api.sendMessage(number, { group: PLAN.group }, new m.Text("hello")),
    image: send(new m.Image(link, false, "Look")),
    video: send(new m.Video(link, false, "Look")),
    audio: send(new m.Audio(link)),
    voice: send(new m.Audio(link, false, true)),
    document: send(new m.Document(link, false, "Look", "a.pdf")),
    sticker: send(new m.Sticker(link)),
    location: send(new m.Location(13.4, 52.5, "Clinic", "Long Road 1")),
    contacts: send(
        new m.Contacts([
            new m.Name("Ada Berg", "Ada"),
            new m.Phone("+491700000009", "WORK"),
            new m.Email("ada@clinic.example", "WORK"),
            new m.Organization("Clinic"),
        ]),
    ),
    reaction: send(new m.Reaction(inbound, "👍")),
    "reaction removed": send(new m.Reaction(inbound)),
    buttons: interactive(
        new m.ActionButtons(new m.Button("yes", "Yes"), new m.Button("no", "No")),
        body,
        new m.Header("Now"),
        new m.Footer("soon"),
    ),
    "buttons with an image": interactive(
        new m.ActionButtons(new m.Button("yes", "Yes")),
        body,
        new m.Header(new m.Image(link)),
    ),
    list: interactive(new m.ActionList("Times", new m.ListSection("Monday", row)), body),
    url: interactive(new m.ActionCTA("Open", link), body),
    flow: interactive(
        new m.ActionNavigateFlow("7", "99", "Register", "START", { name: "Ada" }, "published", "3"),
        body,
    ),
    "flow with an endpoint": interactive(
        new m.ActionDataExchangeFlow("7", "99", "Register", "draft", "3"),
        body,
    ),
    "location request": interactive(new m.ActionLocation(), body),
    "call permission": interactive(new m.ActionCallPermission(), body),
    "contact info": interactive(new m.ActionContactRequest(), body),
    catalog: interactive(new m.ActionCatalog(new m.Product("brace-1")), body),
    product: interactive(new m.ActionProduct(product)),
    products: interactive(new m.ActionProductList("77", ...sections), body, new m.Header("Braces")),
    read: () => api.markAsRead(number, inbound),
    typing: () => api.markAsRead(number, inbound, "text"),
    template: template("plain"),
    "template by position": template(
        "positional",
        new m.HeaderComponent(new m.HeaderParameter("x")),
        new m.BodyComponent(
            new m.BodyParameter(new m.Currency(7000, "EUR", "€7")),
            new m.BodyParameter(new m.DateTime("Monday")),
            new m.BodyParameter("c"),
        ),
    ),
    "template by name": template(
        "named",
        new m.BodyComponent(new m.BodyParameter("Ada", "name"), new m.BodyParameter("nine", "hour")),
    ),
    "template with an image": template(
        "image_header",
        new m.HeaderComponent(new m.HeaderParameter(new m.Image(link))),
        new m.BodyComponent(new m.BodyParameter("Ada")),
    ),
    "template with a place": template(
        "location_header",
        new m.HeaderComponent(new m.HeaderParameter(new m.Location(1, 2, "Clinic", "Long Road 1"))),
    ),
    "template with a product": template(
        "product_header",
        new m.HeaderComponent(new m.HeaderParameter(product)),
    ),
    "template with buttons": template(
        "buttons",
        new m.PayloadComponent("yes"),
        new m.URLComponent("7"),
        new m.CopyComponent("SAVE7"),
    ),
    "template with a flow": template("flow_button", new m.FlowComponent("7", { name: "Ada" })),
    "template with a catalog": template(
        "catalog_button",
        new m.CatalogComponent(new m.Product("brace-1")),
    ),
    "template with products": template(
        "products_button",
        new m.MPMComponent(new m.Product("brace-1"), ...sections),
    ),
    "template with a code": send(m.Template.OTP("one_time_code", "en", "123456")),
    "template with an offer": template(
        "offer",
        new m.BodyComponent(new m.BodyParameter("Ada")),
        new m.LTOComponent(1900000000000),
        new m.CopyComponent("SAVE7"),
    ),
    "template with a carousel": template(
        "carousel",
        new m.BodyComponent(new m.BodyParameter("Ada")),
        new m.CarouselComponent(card(0), card(1)),
    ),
    "template with a title for its link": template("plain", new m.TapTargetComponent("Clinic", link)),
    file,
    "too long": () =>
        api.sendMessage(number, { phone: to }, Object.assign(new m.Text("x"), { body: "x".repeat(4097) })),
};

async function outcomeOf(send) {
    try {
        const answer = await send();
        if (answer.error) {
            const { code, message, error_data: data } = answer.error;
            return { code, words: data?.details ?? message };
        }
        return answer.messages ? { id: answer.messages[0].id } : answer;
    } catch (error) {
        return { error: String(error) };
    }
}

const get = (query) => [200, api.get(query)];

async function post(request) {
    return [await api.handle_post(request), ""];
}

await obey(sends, outcomeOf, get, post);
