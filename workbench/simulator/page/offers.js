// Messages of the bot that offer something to tap: interactive ones and templates.

import { film, json, paper, picture } from "./bubbles.js";
import { el, icon, sheet } from "./dom.js";
import { anchor, words } from "./words.js";

export function interactive(asked, line, act) {
  const parameters = asked.action?.parameters ?? {};
  const offer = OFFERS[asked.type] ?? plain;
  return [
    header(asked.header),
    asked.body?.text && el("p", { class: "words" }, words(asked.body.text)),
    asked.footer?.text && el("p", { class: "footer" }, words(asked.footer.text)),
    offer({ asked, parameters, line, act }),
  ];
}

function header(one) {
  if (!one) return null;
  if (one.type === "text") return el("p", { class: "heading" }, one.text, one.sub_text && el("small", {}, one.sub_text));
  return fileOf(one.type, one[one.type] ?? {});
}

function fileOf(kind, file) {
  if (kind === "image") return picture(file);
  return kind === "video" || kind === "gif" ? film(file) : paper(file);
}

// A button under the words. A choice belongs to its message: the newest one need not be the one that is meant.
export const choice = (title, name, onclick) =>
  el("button", { type: "button", class: "choice", onclick }, name && icon(name), title);

const link = (title, address, name = "link") => {
  const shown = anchor(address ?? "", icon(name), title);
  shown.classList.add("choice");
  return shown;
};

const answer = (act, line, type, given) =>
  act.say({ message: { type: "interactive", interactive: { type, [type]: given } }, context: { id: line.id } });

const buttons = (list, line, act) => (list ?? []).map(({ reply, quick_reply: quick }) => {
  const { id, title } = reply ?? quick ?? {};
  return choice(title, "reply", () => answer(act, line, "button_reply", { id, title }));
});

const OFFERS = {
  button: ({ asked, line, act }) => buttons(asked.action.buttons, line, act),
  list: ({ asked, line, act }) => choice(asked.action.button, "list", () => rows(asked, line, act)),
  cta_url: ({ parameters }) => link(parameters.display_text, parameters.url),
  location_request_message: ({ line, act }) => choice("Send location", "pin", () => act.location(line.id)),
  request_contact_info: ({ line, act }) => choice("Share phone number", "person", () => act.shareNumber(line.id)),
  call_permission_request: ({ line, act }) => choice("Choose preference", "phone", () => permission(line, act)),
  voice_call: ({ parameters }) => el("p", { class: "note" },
    icon("phone"), ` ${parameters.display_text ?? "Call Now"}: the simulator makes no calls`),
  flow: ({ parameters, line, act }) => choice(parameters.flow_cta ?? "Open", "list", () => act.flow(parameters, line.id)),
  address_message: ({ parameters, line, act }) => choice("Provide address", "pin", () => act.address(parameters, line.id)),
  product: ({ asked, line, act }) => [
    product(asked.action.product_retailer_id),
    choice("View", "cart", () => act.order(asked.action.catalog_id, [asked.action.product_retailer_id], line.id)),
  ],
  product_list: ({ asked, line, act }) => choice("View items", "cart", () => act.order(asked.action.catalog_id,
    asked.action.sections.flatMap(({ product_items: items }) => items.map((one) => one.product_retailer_id)), line.id)),
  catalog_message: ({ parameters, line, act }) => choice("View catalog", "cart",
    () => act.order("", [parameters.thumbnail_product_retailer_id ?? "item-1"], line.id)),
  carousel: ({ asked, line, act }) => carousel(asked.action.cards.map((one) => cardOf(one, line, act))),
  order_details: ({ parameters }) => bill(parameters),
  order_status: ({ parameters }) => el("p", { class: "note" },
    icon("cart"), ` ${parameters.reference_id}: ${parameters.order?.status} ${parameters.order?.description ?? ""}`),
};

const plain = ({ asked }) => [el("p", { class: "note" }, `An interactive message of the type ${asked.type}`), json(asked)];

function rows(asked, line, act) {
  const dialog = sheet(asked.action.button, asked.action.sections.map((section) => el("section", {},
    section.title && el("h3", {}, section.title),
    section.rows.map(({ id, title, description }) => el("button", {
      type: "button",
      class: "row",
      onclick: () => {
        dialog.close();
        answer(act, line, "list_reply", { id, title, ...(description ? { description } : {}) });
      },
    }, el("b", {}, title), description && el("small", {}, description))))));
}

function permission(line, act) {
  const pick = (title, given) => el("button", {
    type: "button",
    class: "row",
    onclick: () => { dialog.close(); answer(act, line, "call_permission_reply", { ...given, response_source: "user_action" }); },
  }, el("b", {}, title));
  const week = Math.floor(Date.now() / 1000) + 7 * 86400;
  const dialog = sheet("May the business call you?",
    pick("Always allow", { response: "accept", is_permanent: true }),
    pick("Allow for a week", { response: "accept", is_permanent: false, expiration_timestamp: week }),
    pick("Do not allow", { response: "reject" }));
}

const product = (id) => el("div", { class: "card" }, icon("cart"), el("span", {}, el("b", {}, id), el("small", {}, "Product")));

const carousel = (cards) => el("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": "Cards" }, cards);

function cardOf(one, line, act) {
  const { action = {} } = one;
  if (action.product_retailer_id) {
    return el("div", { class: "leaf" }, product(action.product_retailer_id),
      choice("View", "cart", () => act.order(action.catalog_id, [action.product_retailer_id], line.id)));
  }
  return el("div", { class: "leaf" }, header(one.header), one.body?.text && el("p", { class: "words" }, words(one.body.text)),
    action.parameters?.url ? link(action.parameters.display_text, action.parameters.url)
      : buttons(action.buttons, line, act));
}

const money = ({ value, offset = 100 }, currency) => `${(value / offset).toFixed(2)} ${currency ?? ""}`;

function bill({ order = {}, currency, reference_id: reference, total_amount: total }) {
  const more = ["subtotal", "tax", "shipping", "discount"].filter((key) => order[key]?.value);
  return el("dl", { class: "bill" },
    (order.items ?? []).map(({ name, quantity, amount, sale_amount: sale }) => [
      el("dt", {}, `${quantity} \u00d7 ${name}`), el("dd", {}, money(sale ?? amount, currency))]),
    more.map((key) => [el("dt", {}, key), el("dd", {}, money(order[key], currency))]),
    total && [el("dt", {}, el("b", {}, `Total (${reference})`)), el("dd", {}, el("b", {}, money(total, currency)))]);
}

// -- templates ----------------------------------------------------------------------------------------------

const FILES = ["image", "video", "document"];

const parametersOf = (components, type) =>
  components.filter((one) => String(one.type).toLowerCase() === type).flatMap((one) => one.parameters ?? []);

const valueOf = (one) => one.text ?? one.currency?.fallback_value ?? one.date_time?.fallback_value ?? "";

function filled(pattern, given) {
  let n = 0;
  return pattern.replace(/\{\{\s*(\w+)\s*\}\}/gu, (_, name) => {
    const named = given.find((one) => one.parameter_name === name);
    return valueOf(named ?? given[/^\d+$/u.test(name) ? Number(name) - 1 : n++] ?? {});
  });
}

export function template(asked, line, act) {
  const components = asked.components ?? [];
  const known = line.template ?? {};
  const head = parametersOf(components, "header");
  const file = head.find((one) => FILES.includes(one.type));
  const cards = components.find((one) => String(one.type).toLowerCase() === "carousel")?.cards ?? [];
  return [
    file && fileOf(file.type, file[file.type]),
    typeof known.header === "string" && known.header && el("p", { class: "heading" }, filled(known.header, head)),
    el("p", { class: "words" }, words(known.body ? filled(known.body, parametersOf(components, "body")) : line.text)),
    known.footer && el("p", { class: "footer" }, words(known.footer)),
    cards.length > 0 && carousel(cards.map((one, n) => leaf(one, known.cards?.[n] ?? {}, line, act))),
    (known.buttons ?? []).map((one, n) => button(one, n, components, line, act)),
    el("p", { class: "footer" }, `Template ${asked.name}`),
  ];
}

function leaf({ components = [] }, known, line, act) {
  const file = parametersOf(components, "header").find((one) => FILES.includes(one.type));
  return el("div", { class: "leaf" }, file && fileOf(file.type, file[file.type]),
    known.body && el("p", { class: "words" }, words(filled(known.body, parametersOf(components, "body")))),
    (known.buttons ?? []).map((one, n) => button(one, n, components, line, act)));
}

const press = (title, payload, line, act) => choice(title, "reply",
  () => act.say({ message: { type: "button", button: { payload, text: title } }, context: { id: line.id } }));

function button(one, index, components, line, act) {
  const { text, kind = "QUICK_REPLY", url, phone_number: number } = typeof one === "string" ? { text: one } : one;
  const given = components.find((part) => String(part.type).toLowerCase() === "button" && Number(part.index) === index);
  const [parameter] = given?.parameters ?? [];
  switch (kind.toUpperCase()) {
    case "QUICK_REPLY": return press(text, parameter?.payload ?? text, line, act);
    case "URL": return link(text, filled(url ?? "", given?.parameters ?? []));
    case "PHONE_NUMBER": return number ? link(text, `tel:${number}`, "phone") : el("p", { class: "note" }, icon("phone"), ` ${text}`);
    case "COPY_CODE": case "OTP": return choice(text ?? "Copy code", "file", () => act.copy(parameter?.coupon_code ?? valueOf(parameter ?? {})));
    case "FLOW": return choice(text, "list", () => act.flow(parameter?.action ?? {}, line.id));
    case "CATALOG": case "MPM": return choice(text ?? "View", "cart", () => act.order("", ["item-1"], line.id));
    case "REQUEST_CONTACT_INFO": return choice(text ?? "Share phone number", "person", () => act.shareNumber(line.id));
    default: return el("p", { class: "note" }, text || kind);
  }
}
