# ruff: noqa: RUF001 - Finnish writes ranges with an en dash
"""Finnish: virkkeitä, jotka päivystäjä ymmärtää yölläkin."""

from __future__ import annotations

from datetime import datetime

from processors.calendar import Hours
from streams.explain.words import Language, clock_face, is_all_day, parts_of, weekly

_DAYS = ("ma", "ti", "ke", "to", "pe", "la", "su")
_UNITS = {"day": "vrk", "h": "h", "min": "min"}

_SENTENCES = {
    "case": "Tapaus {case}, tilanne {at} ({zone})",
    "cycle": "Kierros {number}",
    "not_started": "Ei alkanut",
    "decisions": "Päätökset",
    "obstacles": "Mikä on tiellä",
    "other_alarms": "Muut hälytykset",
    "term": "{term}",
    # Tapaus.
    "overdue_now": "Myöhässä nyt: {clocks}.",
    "overdue_item": "{clock} ({due} alkaen)",
    "nothing_overdue": "Mikään ei ole myöhässä.",
    "next_due": "Seuraava määräaika: {clock}, {due}.",
    "standing_now": "Pysähdyksissä keskeytyksen ajan: {clocks}.",
    "received": "Palaute tuli kosketuspisteeseen {touchpoint} {received}. Vakavuus: {severity}.",
    "received_again": "Käsittely alkoi uudelleen kosketuspisteessä {touchpoint} {received}, kun tapaus avattiin "
    "uudelleen tai tuli uusi palaute. Vakavuus: {severity}.",
    "unit": "Vastuussa on yksikkö {unit}.",
    "paused": "Keskeytettynä {begun} – {ended}.",
    "paused_since": "Keskeytettynä {begun} alkaen.",
    "open": "Tapaus on avoinna.",
    "closed": "Tapaus suljettiin {at}.",
    "withdrawn": "Tapaus peruttiin {at}.",
    "other_rules": "Tapaus on arvioitu säännöstön versiolla {version}. Tässä asetustiedostossa on sille ajalle toinen, "
    "joten tavoitteita, kalentereita ja työaikaa ei kerrota: käytä samaa asetustiedostoa kuin työprosessi.",
    # Missä kello on.
    "clock.running": "{clock} ({name}): käynnissä, määräaika {due}",
    "clock.standing": "{clock} ({name}): pysähdyksissä, tapaus on keskeytetty",
    "clock.overdue": "{clock} ({name}): MYÖHÄSSÄ {due} alkaen",
    "clock.never_due": "{clock} ({name}): käynnissä, määräaika ei tule koskaan",
    "clock.untargeted": "{clock} ({name}): käynnissä, ei tavoitetta",
    "clock.in_time": "{clock} ({name}): ajoissa",
    "clock.late": "{clock} ({name}): myöhästyi {late}",
    "clock.late_ended": "{clock} ({name}): myöhästyi ja raukesi sitten",
    "clock.called_off": "{clock} ({name}): raukesi",
    "clock.stopped": "{clock} ({name}): valmis, ei tavoitetta",
    # Mistä mihin.
    "span": "Mitattu {from:ela} ({started}) {to:ill} ({ended}).",
    "span_withdrawn": "Kävi {from:ela} ({started}) tapauksen perumiseen ({ended}).",
    "span_succeeded": "Kävi {from:ela} ({started}) siihen, kun käsittely alkoi uudelleen ({ended}).",
    "running.acknowledge": "Käynyt {from:ela} ({started}) lähtien: kukaan ei ole vielä reagoinut.",
    "running.decide": "Käynyt {from:ela} ({started}) lähtien: mitään ei ole vielä päätetty.",
    "running.effect": "Käynyt {from:ela} ({started}) lähtien: päätös ei ole vielä tullut voimaan.",
    "running.resolve": "Käynyt {from:ela} ({started}) lähtien: tapausta ei ole vielä suljettu.",
    "running.tell": "Käynyt {from:ela} ({started}) lähtien: asiakkaalle ei ole vielä kerrottu.",
    # Minkä säännön mukaan.
    "promise": "Määräajan asettaa asiakkaalle annettu lupaus, {due}, sanoivatpa tavoite ja keskeytykset mitä tahansa.",
    "target": "Sääntö {policy} (versio {version}): tavoite {target} työaikaa. Kalenteri {calendar}: {hours}.",
    "target_always": "Sääntö {policy} (versio {version}): tavoite {target} ympäri vuorokauden (kalenteri {calendar}).",
    "no_target": "Sääntö {policy} (versio {version}) ei aseta tälle tavoitetta.",
    "no_policy": "Mikään sääntö ei koske tapausta, joten tavoitetta ei ole.",
    "rule_unknown": "Sääntöä ei voi kertoa: tapausta ei ole arvioitu tämän asetustiedoston mukaan.",
    "reclassified_running": "Tapaus on luokiteltu uudelleen: aiemmin {then} ({then_at}), nyt {now} ({now_at}). "
    "Käynnissä oleva kello arvioidaan nykyisen luokituksen mukaan omasta alustaan lähtien.",
    "reclassified_since": "Arvioitu luokituksella {then} ({then_at}), joka oli voimassa kellon pysähtyessä. Tapaus "
    "luokiteltiin myöhemmin uudelleen: {now} ({now_at}). Se ei muuta tätä.",
    # Kuinka kauan.
    "waiting": "Asiakas on odottanut {elapsed}.",
    "waiting.all": "Asiakas on odottanut {elapsed}, ja kaikki lasketaan.",
    "waiting.part": "Asiakas on odottanut {elapsed}, josta työaikaa on {worked}.",
    "waited": "Asiakas odotti {elapsed}.",
    "waited.all": "Asiakas odotti {elapsed}, ja kaikki lasketaan.",
    "waited.part": "Asiakas odotti {elapsed}, josta työaikaa oli {worked}.",
    # Keskeytykset.
    "pauses_ignored": "Keskeytykset eivät pysäytä tätä kelloa.",
    "pause": "Keskeytys {begun} – {ended} vei työajasta {taken}.",
    "pause_idle": "Keskeytys {begun} – {ended} ei vienyt mitään, koska se ei osunut työaikaan.",
    "pause_lasts": "Keskeytys, joka alkoi {begun}, vei työajasta {taken}.",
    "pause_lasts_idle": "Keskeytys, joka alkoi {begun}, ei vienyt mitään.",
    "stands_still": "Kello on ollut pysähdyksissä {begun} alkaen, koska tapaus on keskeytetty.",
    # Miksi myöhässä tai ei.
    "standing_why": "Ei myöhässä: määräaikaa ei ole, kun kello on pysähdyksissä.",
    "if_resumed": "Jos käsittely jatkuu nyt, määräaika on {due}.",
    "never_why": "Ei voi myöhästyä: kalenteri ei ole koskaan tarpeeksi kauan auki.",
    "met_in_pause": "Kello pysähtyi keskeytyksen aikana, jolloin määräaikaa ei ollut.",
    "met_early": "Määräaika oli {due}, {gap} myöhemmin.",
    "met_exactly": "Kello pysähtyi täsmälleen määräaikana {due}; se on ajoissa.",
    "late_why": "Määräaika oli {due}, {gap} aiemmin.",
    "called_off_why": "Määräaika olisi ollut {due}.",
    "overdue_why": "Myöhässä: määräaika oli {due}, siitä on {gap}.",
    "due_in": "Ei myöhässä: jäljellä on {gap}.",
    "due_in_worked": "Ei myöhässä: työaikaa on jäljellä {left}, ja se päättyy {gap} kuluttua.",
    "reached_before": "Tavoiteaika täyttyi ennen keskeytystä, joka alkoi {begun}, joten se ei siirrä määräaikaa.",
    "closed_now": "Kalenteri {calendar} on nyt kiinni ja aukeaa {opens}.",
    # Kenelle on kerrottu.
    "nobody_told": "Kenellekään ei ole ilmoitettu: hälytystä ei ole.",
    "told.raised": "{announced}: {what}, ilmoitettu: {who}.",
    "told.raised_later": "{announced}: {what}, täyttyi {at}, ilmoitettu: {who}.",
    "told.resolved": "{at}: hälytys päättyi: {what} ({reason}).",
    "told.retracted": "{at}: hälytys peruttiin: {what} ({reason}).",
    "told.deadletter": "{at}: kriittistä palautetta ei voitu lukea ({reason}), ilmoitettu: {who}.",
    "told.other": "{at}: {what} {kind} ({clock}), ilmoitettu: {who}; nykytiedon mukaan se kello ei ole käynyt.",
    "warning_at": "ennakkovaroitus, {percent} % ajasta käytetty",
    "escalation": "eskalointi {step}",
    "escalation_after": "eskalointi {step}, {after} myöhästymisestä",
    "who.named": "{role} ({recipient})",
    "who.unnamed": "{role} (nimeä ei ole asetuksissa)",
    "who.ownerless": "{recipient}, koska tapauksella ei ole vastuuhenkilöä",
    "who.none": "ei nimettyä henkilöä",
    # Mikä ei ole alkanut.
    "not_started.effect.open": "Päätöksen voimaantulo (effect): päätöstä ei ole vielä tehty.",
    "not_started.effect.closed": "Päätöksen voimaantulo (effect): tapaus suljettiin ilman päätöstä.",
    "not_started.effect.withdrawn": "Päätöksen voimaantulo (effect): tapaus peruttiin ennen päätöstä.",
    "not_started.tell.open": "Kertominen asiakkaalle (tell): mitään ei ole vielä tullut voimaan.",
    "not_started.tell.withdrawn": "Kertominen asiakkaalle (tell): tapaus peruttiin ennen kuin mitään tuli voimaan.",
    # Päätökset ja esteet.
    "decision": "Päätös {decision}: {steps}.{verdict}",
    "decision_of_level": "Päätös {decision} ({level}): {steps}.{verdict}",
    "decision.made": "tehty {at}",
    "decision.effective": "voimassa {at} alkaen",
    "decision.revoked": "kumottu {at}",
    "decision.void": " Sitä ei lasketa, koska se kumottiin ennen kuin se tuli voimaan.",
    "decision.counts": " Se lasketaan silti, koska se ehti tulla voimaan.",
    "decision.waiting": " Se ei ole vielä tullut voimaan.",
    "decision.done": "",
    "no_obstacle": "Mikään este, joka koskee tapausta, ei ole nyt tiellä.",
    "obstacle_stands": "Este {obstacle} ({cause}) on ollut tiellä {raised} alkaen, {length}.",
    "obstacle_removed": "Este {obstacle} ({cause}) oli tiellä {raised} – {removed}, {length}.",
}

_WORDS = {
    "acknowledge": "ensireaktio",
    "decide": "päätös",
    "effect": "päätöksen voimaantulo",
    "resolve": "sulkeminen",
    "tell": "kertominen asiakkaalle",
    "low": "vähäinen",
    "normal": "tavallinen",
    "high": "vakava",
    "critical": "kriittinen",
    "operational": "operatiivinen",
    "tactical": "taktinen",
    "strategic": "strateginen",
    "owner": "vastuuhenkilö",
    "supervisor": "esihenkilö",
    "leader": "johtaja",
    "feedback:ela": "palautteesta",
    "beginning:ela": "kierroksen alusta",
    "closing:ela": "sulkemisesta",
    "stop.decide:ela": "päätöksestä",
    "stop.effect:ela": "voimaantulosta",
    "closing:ill": "sulkemiseen",
    "stop.acknowledge:ill": "ensireaktioon",
    "stop.decide:ill": "päätökseen",
    "stop.effect:ill": "voimaantuloon",
    "stop.tell:ill": "siihen, kun asiakkaalle kerrottiin",
    "warning": "ennakkovaroitus",
    "breach": "myöhästyminen",
    "kind.raised": "ilmoitettiin",
    "kind.resolved": "päättyi",
    "kind.retracted": "peruttiin",
    "reason.stopped": "kello pysähtyi",
    "reason.ended": "kello raukesi",
    "reason.changed": "luokitus, keskeytys tai korjaus siirsi määräaikaa tai poisti sen",
    "reason.taken": "joku otti tapauksen hoitaakseen",
    "reason.late_event": "tapahtuma saapui myöhässä: aihetta ei ollut",
    "reason.purged": "tapaus poistettiin säilytysajan päätyttyä",
}


def _instant(wall: datetime, year: bool, fine: bool) -> str:
    day = f"{_DAYS[wall.weekday()]} {wall.day}.{wall.month}.{wall.year if year else ''} klo {wall.hour}.{wall:%M}"
    return day + (f".{wall:%S},{wall.microsecond // 1000:03d}" if fine else "")


def _length(ms: int, with_days: bool) -> str:
    if ms < 60_000:
        return f"{ms / 1000:g} s".replace(".", ",")
    return " ".join(f"{number} {_UNITS[unit]}" for number, unit in parts_of(ms, with_days))


def _hours(hours: Hours, zone: str | None) -> str:
    said = []
    for first, last, intervals in weekly(hours):
        days = _DAYS[first] if first == last else f"{_DAYS[first]}–{_DAYS[last]}"
        times = ", ".join(f"{_time(start)}–{_time(end)}" for start, end in intervals)
        said.append(f"{days} {'koko päivän' if is_all_day(intervals) else times}")
    off = [f"pyhäpäivinä ({hours.holidays})"] if hours.holidays else []
    off += [f"{len(hours.closed)} muuna päivänä"] if hours.closed else []
    text = "; ".join(said) + (f"; kiinni {' ja '.join(off)}" if off else "")
    return f"{text}; {zone}" if zone else text


def _time(minutes: int) -> str:
    return "{}.{:02d}".format(*clock_face(minutes))


FINNISH = Language("fi", _SENTENCES, _WORDS, _instant, _length, _hours, ", ", " ja ")
