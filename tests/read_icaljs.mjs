// Reads an .ics from standard input with ical.js and prints its events as JSON, one list of facts each.
import ICAL from "ical.js";
import { readFileSync } from "node:fs";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const text = (event, name) => event.getFirstPropertyValue(name);
const facts = calendar.getAllSubcomponents("vevent").map((event) => [
  text(event, "uid"),
  text(event, "dtstart").toUnixTime(),
  text(event, "dtend").toUnixTime(),
  text(event, "summary"),
  text(event, "location"),
  text(event, "description"),
  text(event, "status"),
  text(event, "transp"),
  text(event, "sequence"),
  text(event, "last-modified").toUnixTime(),
  event.getAllSubcomponents("valarm").map((alarm) => text(alarm, "trigger").toSeconds()),
]);
console.log(JSON.stringify(facts));
