// One message as a phone shows it. `line` is a line of the transcript; its content stands there as on the wire.

import { el, icon } from "./dom.js";
import { interactive, template } from "./offers.js";
import { contentOf as telegram } from "./telegram.js";
import { anchor, isBig, words } from "./words.js";

const KINDS = {
  image: "Picture", video: "Film", audio: "Audio", document: "File", sticker: "Sticker", location: "Location",
  contacts: "Contact", order: "Order", interactive: "Message", template: "Template",
};

// What stands for a message where there is little room: in a quote, and in the list of contacts.
export function summary({ content, text }) {
  if (content.type === "telegram") return text.replace(/^\(|\)$/gu, "");
  const file = content[content.type];
  const name = file?.voice ? "Voice message" : KINDS[content.type];
  if (["text", "button", "interactive", "template"].includes(content.type)) return text.replace(/^\(|\)$/gu, "");
  return [name ?? content.type, file?.caption ?? file?.filename ?? file?.name ?? ""].filter(String).join(" \u00b7 ");
}

export function contentOf(line, act) {
  const { content } = line;
  const shown = SHOWN[content.type] ?? unknown;
  try { return [shown(content[content.type], line, act)].flat(); } catch { return [unknown(null, line)].flat(); }
}

const SHOWN = {
  text: ({ body }) => says(body),
  image: (file) => [picture(file), caption(file)],
  sticker: (file) => [picture(file, "sticker")],
  video: (file) => [film(file), caption(file)],
  audio: (file) => [sound(file)],
  document: (file) => [paper(file), caption(file)],
  location: place,
  contacts: (cards) => cards.map(card),
  button: ({ text }) => says(text),
  interactive: (asked, line, act) => (line.direction === "in" ? reply(asked) : interactive(asked, line, act)),
  template: (asked, line, act) => template(asked, line, act),
  order,
  telegram,
  reaction: ({ emoji }) => note(emoji ? `Reacted ${emoji} to a message that is not here` : "Took a reaction back"),
  unsupported: () => note("Something that a business cannot read, such as a poll"),
  system: ({ body }) => note(body ?? "A change of this contact"),
};

const says = (body) => el("p", { class: isBig(body) ? "words big" : "words" }, words(body));
export const note = (...text) => el("p", { class: "note" }, text);
const caption = ({ caption: text }) => text && says(text);
export const source = (file) => (file.id ? `/sim/files/${encodeURIComponent(file.id)}` : file.link);

function unknown(_, { content }) {
  return [note(`A message of the type ${content.type}`), json(content)];
}

export function json(value) {
  return el("details", {}, el("summary", {}, "As JSON"), el("pre", { tabindex: "0" }, JSON.stringify(value, null, 2)));
}

// What cannot be had becomes a plain line: a media id whose bytes never came here, an address that is dead.
function missing(what) {
  return ({ target }) => (target.closest(".frame") ?? target).replaceWith(note(icon("file"), ` ${what} (its bytes are not here)`));
}

export function picture(file, kind = "picture") {
  const alt = file.caption ? "" : KINDS[kind === "sticker" ? "sticker" : "image"];
  const image = el("img", { class: kind, src: source(file), alt, referrerpolicy: "no-referrer",
    onerror: missing(KINDS[kind === "sticker" ? "sticker" : "image"]) });
  return kind === "sticker" ? image
    : el("a", { href: source(file), target: "_blank", rel: "noopener noreferrer", class: "frame",
      "aria-label": "Open the picture" }, image);
}

export function film(file) {
  return el("video", { src: source(file), controls: true, preload: "metadata", "aria-label": "Film",
    onerror: missing("Film") });
}

export function sound(file) {
  const label = file.voice ? "Voice message" : "Audio";
  return el("div", { class: "sound" }, el("span", { class: "chip" }, icon(file.voice ? "mic" : "file"), label),
    el("audio", { src: source(file), controls: true, preload: "metadata", "aria-label": label,
      onerror: missing(label) }));
}

export function paper(file) {
  const name = file.filename || "File";
  const type = (file.mime_type ?? name.split(".").pop()).split("/").pop().toUpperCase().slice(0, 12);
  return el("a", { class: "card", href: source(file), download: name, target: "_blank", rel: "noopener noreferrer" },
    icon("file"), el("span", {}, el("b", {}, name), el("small", {}, type)));
}

export function place({ latitude, longitude, name, address, url }) {
  const [north, east] = [Number(latitude), Number(longitude)];
  const map = `https://www.openstreetmap.org/?mlat=${north}&mlon=${east}#map=15/${north}/${east}`;
  return el("div", { class: "place" },
    el("div", { class: "map", "aria-hidden": "true" }, icon("pin")),
    name && el("b", {}, name), address && el("span", {}, address),
    el("small", {}, `${north.toFixed(5)}, ${east.toFixed(5)}`),
    anchor(map, "Open the map"), url && anchor(url, url));
}

function card({ name, org, phones = [], emails = [], urls = [] }) {
  const full = name?.formatted_name ?? "Contact";
  const details = [
    org?.company,
    ...phones.map(({ phone, wa_id: id }) => phone ?? id),
    ...emails.map(({ email }) => email),
    ...urls.map(({ url }) => url),
  ];
  return el("div", { class: "card" }, el("span", { class: "avatar", "aria-hidden": "true" }, full.slice(0, 1)),
    el("span", {}, el("b", {}, full), details.filter(Boolean).map((one) => el("small", {}, one))));
}

function order({ product_items: items = [], text }) {
  const total = items.reduce((sum, { quantity, item_price: price }) => sum + Number(quantity) * Number(price), 0);
  return [
    el("div", { class: "card" }, icon("cart"), el("span", {}, el("b", {}, `Order of ${items.length}`),
      items.map((item) => el("small", {}, `${item.quantity} \u00d7 ${item.product_retailer_id}`)),
      el("small", {}, `${total.toFixed(2)} ${items[0]?.currency ?? ""}`))),
    text && says(text),
  ];
}

function reply(asked) {
  const given = asked[asked.type] ?? {};
  if (asked.type === "nfm_reply") return form(given);
  if (asked.type === "call_permission_reply") return note(given.response === "accept" ? "You may call me" : "Do not call me");
  return [says(given.title ?? asked.type), given.description && el("small", {}, given.description)];
}

function form({ name, response_json: text }) {
  let answers;
  try { answers = JSON.parse(text); } catch { answers = { response: text }; }
  const rows = Object.entries(answers.values ?? answers).filter(([key]) => key !== "flow_token");
  return [
    el("p", { class: "heading" }, name === "address_message" ? "Address" : "Form filled in"),
    el("dl", {}, rows.map(([key, value]) => [el("dt", {}, key),
      el("dd", {}, typeof value === "string" ? value : JSON.stringify(value))])),
  ];
}
