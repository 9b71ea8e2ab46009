// What the panel says about the current step, or about what was chosen.

// ---- values and gradients ----

/** What a value is in the turn that the slider shows; outside of loops there is only one. */
function inTurn(array) {
  return array.loop ? { ...array, ...array.loop.turns[turnOf(array.loop)] } : array;
}

/** Where the turn that was chosen is in a loop; of another loop, the turn that it is in. */
function turnOf(loop) {
  const place = loop.labels.findIndex((label) => label === state.turn);
  const near = loop.labels.findIndex((label) => label.startsWith(`${state.turn},`) || state.turn.startsWith(`${label},`));
  return Math.max(0, place < 0 ? near : place);
}

/** The slider over the turns of a loop, if a value is in one. */
function turns(id) {
  const loop = id && values[id].loop;
  $("turns").hidden = !loop;
  if (!loop) return;
  state.labels = loop.labels;
  $("turn").max = loop.labels.length - 1;
  $("turn").value = turnOf(loop);
  $("turn").setAttribute("aria-valuetext", loop.labels[turnOf(loop)]);
  $("turn-label").textContent = loop.labels[turnOf(loop)];
}

function figure(kind, caption, id) {
  const array = inTurn(values[id]);
  const shape = element("span", { className: "quiet", textContent: `${array.shape} · ${array.dtype}` });
  return element("figure", { className: kind },
    element("figcaption", {}, element("b", { textContent: caption }), shape),
    ...(array.cells ? heatMap(array, caption) : []),
    element("p", { className: "facts", textContent: facts(array) }));
}

function later(what, id) {
  const button = pick(id);
  button.textContent = `at step ${at.get(id)}`;
  return element("p", { className: "facts" }, `${what} comes `, button);
}

function arrays(id) {
  const array = values[id];
  if (!isThere(id)) return [later(`The value of ${array.name}`, id)];
  const primals = array.gradientOf;
  if (primals.length) {
    const known = primals.find((p) => values[p].kind === "step") ?? primals[0];
    return [figure("gradient", `gradient of ${listed(primals)}`, id), figure("value", `value of ${values[known].name}`, known)];
  }
  const shown = [figure("value", `value of ${array.name}`, id)];
  const g = array.gradient;
  if (g) shown.push(isThere(g) ? figure("gradient", `gradient of ${array.name}`, g) : later(`The gradient of ${array.name}`, g));
  return shown;
}

// ---- the panel ----

function panel() {
  const current = steps[state.time - 1];
  const id = state.chosen ?? current?.id;
  const step = steps[at.get(id) - 1];
  const phase = (s) => (s.backward ? "backward" : "forward");
  $("when").textContent = current ? `Step ${state.time} of ${steps.length}, ${phase(current)}` : "Before the first step";
  $("panel").classList.toggle("backward", Boolean(current?.backward));
  $("formula").innerHTML = step?.formula ?? "";
  $("text").textContent = step ? `${values[id].name} = ${step.text}` : "";
  $("code").replaceChildren(...(step ? origin(step) : []));
  turns(id);
  if (!id) return welcome();
  const array = values[id];
  const kind = step ? step.function : array.kind;
  $("title").replaceChildren(array.name, " ", element("small", { textContent: kind }));
  $("about").textContent = about(array, step);
  $("arrays").replaceChildren(...arrays(id));
  const from = step?.operands ?? [];
  $("operands").replaceChildren(...(from.length ? ["from", ...from.map(pick)] : []),
    ...(array.users.length ? ["into", ...array.users.map(pick)] : []));
}

function about(array, step) {
  if (!step) return array.path && array.path !== array.name ? array.path : "";
  const parts = step.scope ? [`in ${step.scope}`] : [];
  if (step.of && !array.gradientOf.length) parts.push(`on the way to the gradient of ${values[step.of].name}`);
  if (step.through) parts.push(`back through the step that made ${values[step.through].name}`);
  if (outputs.includes(step.id)) parts.push("a result of the program");
  return parts.join("; ");
}

function origin(step) {
  const line = element("span", { textContent: `${step.file}, line ${step.line}` });
  return step.line ? [line, step.code ? element("code", { textContent: step.code }) : null].filter(Boolean) : [];
}

function welcome() {
  const backward = steps.filter((step) => step.backward).length;
  $("title").textContent = "What goes in";
  $("about").textContent = `${steps.length - backward} steps forward` +
    (backward ? `, ${backward} backward. ` : ". For the backward pass, trace al.value_and_grad of the function. ") +
    "The keys ← and → go step by step, space plays.";
  $("arrays").replaceChildren();
  $("operands").replaceChildren(...Object.keys(values).filter((id) => values[id].kind === "input").map(pick));
}

function pick(id) {
  return element("button", { type: "button", textContent: values[id].name, onclick: () => go(id) });
}
