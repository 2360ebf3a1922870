// Forms become messages to the server; clocks run; what someone is typing survives a new drawing of its region.
(() => {
  const kept = new Map();
  let focused = null;

  const fields = (form, submitter) => {
    const data = {};
    for (const [name, value] of new FormData(form)) data[name] = value;
    for (const input of form.querySelectorAll("[data-optional]"))
      if (!input.dataset.touched) delete data[input.name];
    if (submitter && submitter.name) data[submitter.name] = submitter.value;
    return data;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.act) return;
    event.preventDefault();
    const act = (event.submitter && event.submitter.dataset.act) || form.dataset.act;
    emitEvent("act", { act, fields: fields(form, event.submitter) });
    if (form.dataset.clears !== undefined) {
      for (const input of form.elements) kept.delete(input.id);
      form.reset();
    }
  });

  document.addEventListener("input", (event) => {
    const input = event.target;
    input.dataset.touched = "1";
    if (input.id && input.type !== "file") kept.set(input.id, input.type === "checkbox" || input.type === "radio" ? input.checked : input.value);
    if (input.type === "radio") {
      for (const other of document.querySelectorAll(`input[type=radio][name="${CSS.escape(input.name)}"]`))
        if (other !== input && other.form === input.form) kept.delete(other.id);
    }
    const output = input.id && document.querySelector(`output[for="${CSS.escape(input.id)}"]`);
    if (output) output.textContent = input.value + (output.dataset.unit || "");
    mark(input);
    const live = input.closest("form[data-live]");
    if (live) {
      clearTimeout(live.timer);
      live.timer = setTimeout(() => emitEvent("act", { act: live.dataset.act, fields: fields(live) }), 40);
    }
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-onchange]");
    if (form) emitEvent("act", { act: form.dataset.act, fields: fields(form) });
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-click]");
    if (!button) return;
    if (button.dataset.click === "print") window.print();
    else if (button.dataset.click === "save") {
      const link = document.createElement("a");
      link.href = "data:application/json;charset=utf-8," + encodeURIComponent(button.dataset.content);
      link.download = button.dataset.name;
      link.click();
    } else emitEvent("act", { act: button.dataset.click, fields: { ...button.dataset } });
  });

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || !input.files.length || input.files[0].size > 100000) return;
    input.files[0].text().then((text) => emitEvent("act", { act: input.dataset.act, fields: { text } }));
  });

  document.addEventListener("focusin", (event) => { focused = event.target.id || null; });

  const mark = (input) => {
    const slider = input.closest(".slider");
    if (slider) slider.classList.toggle("changed", Math.abs(input.value - input.dataset.default) > 1e-9);
  };

  const restore = () => {
    for (const input of document.querySelectorAll(".slider input")) mark(input);
    for (const [id, value] of kept) {
      const input = document.getElementById(id);
      if (!input || input.dataset.touched) continue;
      input.dataset.touched = "1";
      if (typeof value === "boolean") input.checked = value;
      else input.value = value;
      const output = document.querySelector(`output[for="${CSS.escape(id)}"]`);
      if (output) output.textContent = input.value + (output.dataset.unit || "");
    }
    if (focused && document.activeElement === document.body) {
      const again = document.getElementById(focused);
      if (again) again.focus({ preventScroll: true });
    }
  };
  window.forget = (prefix) => { for (const id of [...kept.keys()]) if (id.startsWith(prefix)) kept.delete(id); };

  const clocks = () => {
    const now = Date.now() / 1000 + (window.serverOffset || 0);
    for (const clock of document.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.round(Number(clock.dataset.until) - Number(clock.dataset.frozen || now)));
      const words = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (clock.textContent !== words) clock.textContent = words;
      clock.classList.toggle("soon", left <= 20);
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => { restore(); clocks(); }).observe(document.body, { childList: true, subtree: true });
    setInterval(clocks, 500);
  });
})();
