// Many boxes to choose from (data-pick): a filter, all and none of what it shows, and how many are chosen.

for (const pick of document.querySelectorAll("[data-pick]")) {
  const labels = [...pick.querySelectorAll("label")];
  const boxOf = (label) => label.querySelector("input");
  const count = pick.querySelector("[data-pick-count]");
  const tell = () => { count.textContent = labels.filter((label) => boxOf(label).checked).length; };

  const filter = (words) => {
    for (const label of labels) label.hidden = !label.textContent.toLowerCase().includes(words);
    for (const group of pick.querySelectorAll("[data-pick-group]")) {
      group.hidden = ![...group.querySelectorAll("label")].some((label) => !label.hidden);
    }
  };

  const setShown = (group, checked) => {
    for (const label of group.querySelectorAll("label")) if (!label.hidden) boxOf(label).checked = checked;
    tell();
  };

  pick.addEventListener("change", tell);
  pick.addEventListener("input", (event) => {
    if (event.target.matches("[data-pick-search]")) filter(event.target.value.trim().toLowerCase());
  });
  pick.addEventListener("keydown", (event) => {
    if (event.target.matches("[data-pick-search]") && event.key === "Enter") event.preventDefault();
  });
  pick.addEventListener("click", (event) => {
    const group = event.target.closest("[data-pick-group]");
    if (event.target.matches("[data-pick-all]")) setShown(group, true);
    if (event.target.matches("[data-pick-none]")) setShown(group, false);
  });

  for (const tool of pick.querySelectorAll("[data-pick-tools], [data-pick-all], [data-pick-none]")) tool.hidden = false;
  tell();
}
