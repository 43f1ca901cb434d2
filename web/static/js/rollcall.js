// The roll call: a reason ticks its box, an empty box has no reason, and the button says in numbers what it will do.

const MARKS = { present: "#", absent: "*" };

function told(label, present, absent) {
  return label.replace(MARKS.present, present).replace(MARKS.absent, absent);
}

for (const form of document.querySelectorAll("[data-rollcall]")) {
  const button = form.querySelector("[data-label]");
  const boxes = [...form.querySelectorAll('input[type="checkbox"]')];

  const count = () => {
    const absent = boxes.filter((box) => box.checked).length;
    button.textContent = told(button.dataset.label, boxes.length - absent, absent);
  };

  form.addEventListener("input", (event) => {
    const row = event.target.closest("tr");
    const [box, reason] = [row.querySelector('input[type="checkbox"]'), row.querySelector('input[name^="reason"]')];
    if (event.target === reason && reason.value.trim()) box.checked = true;
    if (event.target === box && !box.checked) reason.value = "";
    count();
  });
  count();
}
