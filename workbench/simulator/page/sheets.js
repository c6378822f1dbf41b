// What a contact can send beside words, each in a sheet of its own.

import { become, encoded, isTelegram, keep, me, mine, notify, say, tell } from "./api.js";
import { json } from "./bubbles.js";
import { el, field, form, icon, sheet } from "./dom.js";

const quoting = (id) => (id ? { context: { id } } : {});

export const act = {
  say: tell,
  location,
  flow,
  address,
  order,
  copy,
  shareNumber(id) {
    const { id: own, name } = me();
    const phones = /^\d+$/u.test(own) ? own : "4915550000000";
    tell({ message: { type: "contacts", contacts: [{ ...person(name || "Visitor", phones), origin: "contact_request" }] },
      ...quoting(id) });
  },
};

function copy(text) {
  navigator.clipboard?.writeText(text).then(() => notify("Copied."), () => notify(`The browser does not copy: ${text}`));
}

export function attach(context) {
  const pick = (accept, kind) => () => {
    const input = el("input", { type: "file", accept, multiple: !kind || undefined });
    input.addEventListener("change", () => files([...input.files], kind, context));
    input.click();
  };
  const entries = [
    ["picture", "Picture or film", pick("image/*,video/*")],
    ["file", "File", pick("", "document")],
    ["mic", "Voice message from a file", pick("audio/*", "voice")],
    ["sticker", "Sticker", pick("image/webp", "sticker")],
    ["pin", "Location", () => location(context?.id)],
    ["person", "Contact card", () => contactCard(context?.id)],
    ...(isTelegram() ? [
      ["link", "From a deep link", deepLink],
      ["close", "Block the bot", () => tell({ block: true })],
    ] : [
      ["cart", "Order", () => order("", ["item-1"], context?.id)],
      ["link", "From an advertisement", fromAd],
    ]),
    ["code", "Any message as JSON", () => raw(context)],
  ];
  const dialog = sheet("Send", el("div", { class: "grid" }, entries.map(([name, label, open]) =>
    el("button", { type: "button", class: "row tile", onclick: () => { dialog.close(); open(); } }, icon(name), label))));
}

const fromAd = () => tell({ text: "Hello! I saw your advertisement.", referral: { source_url: "https://fb.me/advertisement",
  source_id: "120200000000000001", source_type: "ad", headline: "Tables for tonight", body: "Write to us", ctwa_clid: "click-1" } });

const deepLink = () => form("From a deep link", "Start", [
  el("p", { class: "hint" }, "A link such as t.me/your_bot?start=table-7 starts the bot with its payload."),
  field("Payload", "payload", { required: true, maxlength: 64, pattern: "[A-Za-z0-9_\\-]+" }),
], ({ payload }) => say({ start: payload }));

// Files that were chosen, dropped or pasted: one sheet for each, so that each can have its words.
export async function files(list, kind, context) {
  for (const file of list) await one(file, kind, context);
}

const KINDS = [["image", "Picture"], ["video", "Film"], ["audio", "Audio"], ["voice", "Voice message"],
  ["sticker", "Sticker"], ["document", "File"]];

function one(file, kind, context) {
  const guessed = kind ?? (/^image\/(jpeg|png)$/u.test(file.type) ? "image"
    : file.type.match(/^(video|audio)\//u)?.[1] ?? "document");
  const address = URL.createObjectURL(file);
  const preview = file.type.startsWith("image/") ? el("img", { class: "preview", src: address, alt: "" }) : null;
  return new Promise((done) => {
    const dialog = form(file.name, "Send", [
      preview,
      el("p", { class: "hint" }, `${file.type || "no type"}, ${Math.max(1, Math.round(file.size / 1024))} KB`),
      field("Words to it", "caption"),
      el("label", { class: "field" }, "Send as", el("select", { name: "kind" },
        KINDS.map(([value, label]) => el("option", { value, selected: value === guessed }, label)))),
    ], async ({ kind: chosen, caption }) => {
      const voice = chosen === "voice";
      await say({ file: {
        data: await encoded(file), mime_type: file.type || "application/octet-stream", filename: file.name,
        kind: voice ? "audio" : chosen, ...(voice ? { voice } : {}), ...(caption ? { caption } : {}),
      }, ...quoting(context?.id) });
    });
    dialog.addEventListener("close", () => { URL.revokeObjectURL(address); done(); });
  });
}

export function location(id) {
  const numbers = { type: "number", step: "any", required: true };
  const latitude = field("Latitude", "latitude", { ...numbers, min: -90, max: 90, value: "52.51627" });
  const longitude = field("Longitude", "longitude", { ...numbers, min: -180, max: 180, value: "13.37770" });
  form("Location", "Send location", [
    el("div", { class: "pair" }, latitude, longitude),
    navigator.geolocation && el("button", { type: "button", class: "wide", onclick: () =>
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        latitude.lastChild.value = coords.latitude.toFixed(6);
        longitude.lastChild.value = coords.longitude.toFixed(6);
      }, (error) => notify(error.message)) }, "Where I am"),
    field("Name of the place", "name"), field("Address", "address"),
  ], ({ latitude: north, longitude: east, name, address: street }) => say({
    message: { type: "location", location: { latitude: Number(north), longitude: Number(east),
      ...(name ? { name } : {}), ...(street ? { address: street } : {}) } },
    ...quoting(id),
  }));
}

const person = (name, phone, email = "") => ({
  name: { formatted_name: name, first_name: name.split(" ")[0] },
  phones: phone ? [{ phone: `+${phone}`, wa_id: phone, type: "CELL" }] : [],
  ...(email ? { emails: [{ email, type: "WORK" }] } : {}),
});

function contactCard(id) {
  form("Contact card", "Send card", [
    field("Name", "name", { required: true }), field("Phone number", "phone", { inputmode: "tel" }),
    field("E-mail", "email", { type: "email" }),
  ], ({ name, phone, email }) => say({
    message: { type: "contacts", contacts: [person(name, phone.replace(/\D/gu, ""), email)] }, ...quoting(id),
  }));
}

function parsed(text) {
  try { return JSON.parse(text); } catch (error) { throw new Error(`This is not JSON: ${error.message}`); }
}

// The form itself lies with Meta. Here one writes what it would answer, and the page remembers that.
function flow(parameters, id) {
  const name = parameters.flow_name ?? parameters.flow_id ?? "form";
  const remembered = mine.answers[name] ?? '{\n  "name": "Ada"\n}';
  form(parameters.flow_cta ?? "Form", "Send answers", [
    el("p", { class: "hint" }, `The form ${name}${parameters.flow_action_payload?.screen
      ? `, from the screen ${parameters.flow_action_payload.screen}` : ""}. Write what it answers:`),
    field("Answers as JSON", "answers", { rows: 7, spellcheck: "false", class: "code", value: remembered }),
    json(parameters),
  ], async ({ answers }) => {
    const token = parameters.flow_token ? { flow_token: parameters.flow_token } : {};
    await filledIn("flow", { ...token, ...parsed(answers) }, id);
    mine.answers[name] = answers;
    keep("answers", mine.answers);
  });
}

const filledIn = (name, answers, id) => say({
  message: { type: "interactive", interactive: { type: "nfm_reply",
    nfm_reply: { name, body: "Sent", response_json: JSON.stringify(answers) } } },
  ...quoting(id),
});

const ADDRESS = ["name", "phone_number", "in_pin_code", "house_number", "address", "city", "state"];

function address({ values = {}, validation_errors: wrong = {} }, id) {
  form("Address", "Send address", ADDRESS.map((key) => field(
    `${key.replace("in_", "").replace("_", " ")}${wrong[key] ? `: ${wrong[key]}` : ""}`, key, { value: values[key] ?? "" })),
  (given) => filledIn("address_message",
    { values: Object.fromEntries(Object.entries(given).filter(([, value]) => value)) }, id));
}

function order(catalog, products, id) {
  form("Order", "Send order", [
    el("div", { class: "pair" }, field("Catalogue", "catalog", { value: catalog || "catalog-1", required: true }),
      field("Currency", "currency", { value: "EUR", required: true, maxlength: 3 })),
    products.map((product, n) => el("fieldset", {}, el("legend", {}, `Item ${n + 1}`),
      field("Product", `product${n}`, { value: product }),
      el("div", { class: "pair" },
        field("Quantity", `quantity${n}`, { type: "number", min: 0, value: n ? 0 : 1 }),
        field("Price of one", `price${n}`, { type: "number", min: 0, step: "any", value: "9.90" })))),
    field("Words to it", "text"),
  ], (given) => {
    const items = products.map((_, n) => ({ product_retailer_id: given[`product${n}`],
      quantity: Number(given[`quantity${n}`]), item_price: Number(given[`price${n}`]), currency: given.currency }));
    const product_items = items.filter(({ quantity }) => quantity > 0);
    if (!product_items.length) throw new Error("The cart is empty: give one item a quantity.");
    return say({ message: { type: "order", order: { catalog_id: given.catalog, text: given.text, product_items } },
      ...quoting(id) });
  });
}

function raw(context) {
  form("Any message", "Send", [
    el("p", { class: "hint" }, "The content of a message as it stands on the wire. It is not checked."),
    field("Message as JSON", "message", { rows: 8, spellcheck: "false", class: "code",
      value: isTelegram() ? '{\n  "dice": {"emoji": "\u{1F3B2}", "value": 6}\n}'
        : '{\n  "type": "unsupported",\n  "errors": [{"code": 131051, "title": "Message type unknown"}]\n}' }),
  ], ({ message }) => say({ message: parsed(message), ...quoting(context?.id) }));
}

export function newPerson(changed) {
  const fresh = `4917000000${String(10 + Math.floor(Math.random() * 90))}`;
  form("New contact", "Be this contact", [
    field("Name", "name", { value: "Grace" }),
    field("Phone number, or user id", "id", { value: fresh, required: true }),
    el("p", { class: "hint" }, "Who hides the number has a user id only, such as US.1234567890. On Telegram it is digits, such as 1111111."),
    el("label", { class: "field" }, "Network", el("select", { name: "channel" },
      el("option", { value: "whatsapp" }, "WhatsApp"), el("option", { value: "telegram" }, "Telegram"))),
  ], ({ id, name, channel }) => {
    if (channel === "telegram") {
      const digits = id.replace(/\D/gu, "");
      if (!/^\d{1,15}$/u.test(digits)) throw new Error("The id of a person on Telegram is a number.");
      become({ id: digits, name: name.trim(), channel });
      return changed();
    }
    const clean = /^[+\d\s()-]+$/u.test(id) ? id.replace(/\D/gu, "") : id.trim();
    if (!/^(\d{5,15}|[A-Z]{2}\.[A-Za-z0-9.]{1,128})$/u.test(clean)) {
      throw new Error("This is neither a number of 5 to 15 digits nor a user id.");
    }
    become({ id: clean, name: name.trim() });
    return changed();
  });
}

const EMOJI = [["\u{1F44D}", "thumbs up"], ["\u2764\uFE0F", "heart"], ["\u{1F602}", "laughing"], ["\u{1F62E}", "surprised"],
  ["\u{1F622}", "crying"], ["\u{1F64F}", "thanks"]];

// What can be done with one message.
export function actions(line, { reacted, reply, edit }) {
  const own = line.direction === "in";
  const close = (then) => () => { dialog.close(); then(); };
  const react = (emoji) => tell({ message: { type: "reaction", reaction: { message_id: line.id, ...(emoji ? { emoji } : {}) } } });
  const entry = (name, label, then) => el("button", { type: "button", class: "row flat", onclick: close(then) }, icon(name), label);
  const dialog = sheet("Message",
    el("div", { class: "reactions" }, EMOJI.map(([emoji, label]) => el("button", { type: "button", "aria-label": label,
      "aria-pressed": String(reacted === emoji), onclick: close(() => react(reacted === emoji ? "" : emoji)) }, emoji))),
    entry("reply", "Reply", reply),
    entry("file", "Copy the words", () => copy(line.text)),
    own && (line.content.type === "text" || line.kind === "text") && entry("code", "Edit", edit),
    own && !line.given && entry("close", "Delete for everyone",
      () => tell({ message: { type: "revoke", revoke: { original_message_id: line.id } } })),
    reacted && entry("close", "Remove your reaction", () => react("")),
    json(line));
}
