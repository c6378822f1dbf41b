// Templates that nobody has sent, as a phone shows them. `rejoinder templates preview --page` puts them here.

import { at, el } from "./dom.js";
import { words } from "./words.js";

const NONE = [el("p", { class: "note" }, "Nothing is here: run rejoinder templates preview NAME --page")];

function parts({ header, file, picture, body, footer, offer, buttons, cards }) {
  return [
    picture ? el("img", { class: "picture", src: picture, alt: "The example of the header" })
      : file && el("p", { class: "note" }, `Here is a ${file}`),
    header && el("p", { class: "heading" }, words(header)),
    offer && el("p", { class: "note" }, offer),
    body && el("p", { class: "words" }, words(body)),
    footer && el("p", { class: "footer" }, words(footer)),
    buttons.map(([sign, title]) => el("p", { class: "choice" }, el("span", { "aria-hidden": "true" }, sign), title)),
    cards.length > 0 && el("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": "Cards" },
      cards.map((card) => el("div", { class: "leaf" }, parts(card)))),
  ];
}

const answer = await fetch("/sim/preview/bubbles");
const bubbles = await answer.json();
at("lines").replaceChildren(...(bubbles.length ? bubbles : [null]).map((bubble) =>
  el("li", { class: "out template" }, bubble ? [el("small", {}, bubble.title), parts(bubble)] : NONE)));
