// Elements with data-starts count down in their own words (data-days, data-hours, data-minutes, data-on, data-over):
// what the server wrote stays true while the page is open, and in the copy that is read without a connection.

const MINUTE = 60_000;

function words(one) {
  const { starts, ends, days, hours, minutes, on, over } = one.dataset;
  const left = Math.floor((Date.parse(starts) - Date.now()) / MINUTE);
  if (Date.now() >= Date.parse(ends)) return over;
  if (left < 0) return on;
  if (left < 60) return minutes.replace("{m}", left);
  if (left < 1440) return hours.replace("{h}", Math.floor(left / 60)).replace("{m}", left % 60);
  return days.replace("{d}", Math.floor(left / 1440)).replace("{h}", Math.floor((left % 1440) / 60));
}

function tell() {
  for (const one of document.querySelectorAll("[data-starts]")) one.textContent = words(one);
}

tell();
setInterval(tell, MINUTE / 2);
