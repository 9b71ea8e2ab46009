// What is shown when: the slider, the keys and the buttons move one number, the time.

const state = { view: "graph", time: 0, turn: "", labels: [], chosen: null, timer: 0, zoom: 1 };

function show() {
  $("slider").value = state.time;
  $("slider").setAttribute("aria-valuetext", state.time ? values[steps[state.time - 1].id].name : "start");
  $("count").textContent = `${state.time} / ${steps.length}`;
  $("back").disabled = state.time === 0;
  $("next").disabled = state.time === steps.length;
  panel();
  stage();
}

function move(time) {
  state.time = Math.max(0, Math.min(steps.length, time));
  state.chosen = null;
  noTip();
  show();
}

/** To the step that makes a value; an input or a constant is shown at the time that it is. */
function go(id) {
  if (at.has(id)) return move(at.get(id));
  state.chosen = state.chosen === id ? null : id;
  show();
}

function play(on) {
  clearInterval(state.timer);
  state.timer = 0;
  if (on) {
    if (state.time === steps.length) move(0);
    state.timer = setInterval(() => {
      move(state.time + 1);
      if (state.time === steps.length) play(false);
    }, 900);
  }
  $("play").textContent = on ? "❚❚" : "▶";
  $("play").setAttribute("aria-label", on ? "Pause" : "Play");
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  $("theme").setAttribute("aria-label", name === "dark" ? "Light" : "Dark");
  panel(); // heat maps are painted in the colours of the theme
}

function pressed(event) {
  if (event.target.id === "turn" && event.key.startsWith("Arrow")) return; // that slider's own
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const typed = event.key === " " && event.target.closest("button, [role=button]");
  const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  if (event.key in moves) {
    play(false);
    move(state.time + moves[event.key]);
  } else if (event.key === " " && !typed) {
    play(!state.timer);
  } else if (event.key === "Escape") {
    move(state.time);
  } else {
    return;
  }
  event.preventDefault();
}

document.addEventListener("keydown", pressed);
$("slider").addEventListener("input", () => {
  play(false);
  move(Number($("slider").value));
});
$("turn").addEventListener("input", () => {
  state.turn = state.labels[Number($("turn").value)];
  panel();
});
const clicks = {
  back: () => move(state.time - 1),
  next: () => move(state.time + 1),
  play: () => play(!state.timer),
  smaller: () => resize(1 / 1.25),
  larger: () => resize(1.25),
  fit: () => resize(0),
  theme: () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
  "show-layers": () => view("layers"),
  "show-graph": () => view("graph"),
  "show-program": () => view("program"),
};
for (const [id, action] of Object.entries(clicks)) $(id).addEventListener("click", action);
addEventListener("resize", follow); // a phone is turned
dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));

prepare();
theme(dark.matches ? "dark" : "light");
show();
