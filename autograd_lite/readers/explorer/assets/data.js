"use strict";

// The program, and what every other file uses.

const $ = (id) => document.getElementById(id);
const { values, steps, outputs, boxes = {} } = JSON.parse($("data").textContent);
const at = new Map(steps.map((step, k) => [step.id, k + 1])); // when a value is there
const pictures = { layers: $("layers").querySelector("svg"), graph: $("graph").querySelector("svg") };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");

function element(tag, options = {}, ...children) {
  const made = Object.assign(document.createElement(tag), options);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function number(x) {
  if (typeof x === "string") return x.replace("-", "−").replace("inf", "∞");
  const size = Math.abs(x);
  const plain = x === 0 || (size >= 1e-3 && size < 1e6);
  return (plain ? String(Number(x.toPrecision(4))) : x.toExponential(2)).replace(/-/g, "−");
}

const isThere = (id) => (at.get(id) ?? 0) <= state.time;
const listed = (ids) => ids.map((id) => values[id].name).join(", ");
