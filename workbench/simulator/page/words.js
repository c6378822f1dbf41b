// Text as WhatsApp shows it: *bold*, _italic_, ~struck~, `code`, ```blocks```, > quotes, lists and links.
// https://faq.whatsapp.com/539178204879377

import { el } from "./dom.js";

const EDGE = "[\\p{L}\\p{N}";
const between = (sign) => `(?<!${EDGE}${sign}])[${sign}](\\S(?:[^${sign}\\n]*\\S)?)[${sign}](?!${EDGE}${sign}])`;
const INLINE = new RegExp(
  `\`([^\`\\n]+)\`|(https?:\\/\\/[^\\s<>"]*[^\\s<>".,;:!?')\\]])|${between("*")}|${between("_")}|${between("~")}`, "gu");
const EMOJI = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic})*\s*){1,3}$/u;

export function words(text) {
  const blocks = String(text ?? "").split(/```([^]+?)```/u);
  return blocks.flatMap((block, n) => (n % 2 ? [el("code", { class: "block" }, block)] : lines(block)));
}

export const isBig = (text) => EMOJI.test(text);

function lines(text) {
  const shown = [];
  for (const line of text.split(/(?<=\n)/u)) {
    const [, quote] = line.match(/^> (.*)/u) ?? [];
    const [, item] = line.match(/^[-*] (.*)/u) ?? [];
    if (quote !== undefined) shown.push(el("q", {}, inline(quote)));
    else if (item !== undefined) shown.push(el("span", { class: "item" }, inline(item)));
    else shown.push(...inline(line));
  }
  return shown;
}

function inline(text) {
  const shown = [];
  let done = 0;
  for (const found of text.matchAll(INLINE)) {
    const [all, code, link, bold, italic, struck] = found;
    shown.push(text.slice(done, found.index));
    if (code) shown.push(el("code", {}, code));
    else if (link) shown.push(anchor(link, link));
    else if (bold) shown.push(el("b", {}, inline(bold)));
    else if (italic) shown.push(el("i", {}, inline(italic)));
    else shown.push(el("s", {}, inline(struck)));
    done = found.index + all.length;
  }
  return [...shown, text.slice(done)];
}

// A link of a bot. An address that is neither http nor https, such as javascript:, is text.
export function anchor(address, ...label) {
  if (!/^(https?|tel|mailto):/iu.test(address)) return el("span", {}, label);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}
