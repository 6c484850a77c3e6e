//! What several writing commands ask of their arguments: a case, an obligation, a role, a date; refusals with suggestions.

use super::Ctx;
use super::ctx::fail;
use crate::assess::shelf;
use crate::calendar::Cycle;
use crate::casebook::Casebook;
use crate::casebook::names::Where;
use crate::kind::{Fill, KindId, skeleton};
use crate::procedure::{Obligation, Procedure, Scope};
use crate::say;
use crate::text::{Lang, nearest};
use anyhow::Result;
use chrono::NaiveDate;

/// The language in which records of this casebook are written.
pub fn record_lang(book: &Casebook, ctx: &Ctx) -> Lang {
    book.config.language.unwrap_or(ctx.lang)
}

/// The procedure by which a place is judged: its round's; for the casebook itself the last round's.
pub fn procedure_of(book: &Casebook, place: &Where) -> Procedure {
    let last = || book.rounds().pop();
    let round = place.round().map(str::to_string).or_else(last);
    let (mut shelf, _) = shelf::load(book, round.as_deref().into_iter());
    let index = round.map_or(0, |r| shelf.of(&r));
    shelf.procedures.swap_remove(index)
}

/// The obligation of that id; else a refusal with the nearest.
pub fn obligation<'p>(p: &'p Procedure, id: &str) -> Result<&'p Obligation> {
    p.obligation(id.trim()).ok_or_else(|| {
        let shown = crate::text::safe(id).into_owned();
        let title = (&p.title.zh, &p.title.en);
        let (zh, en) = title;
        let (upper, of) = (id.trim().to_uppercase(), &p.id);
        fail(match nearest(&upper, p.obligations.iter().map(|o| o.id.as_str())) {
            Some(near) => {
                say!("《{zh}》里没有事项 `{shown}`；是否指 `{near}`？", "“{en}” has no obligation `{shown}`; did you mean `{near}`?")
            }
            None => say!(
                "《{zh}》里没有事项 `{shown}`；用 `xuncha procedure show {of}` 查事项编号",
                "“{en}” has no obligation `{shown}`; `xuncha procedure show {of}` lists them"
            ),
        })
    })
}

/// The code of a value of an enumeration, given by code or label; else a refusal with the values.
pub fn value(book: &Casebook, set: &str, word: &str, option: &str) -> Result<String> {
    let Some(e) = book.schema.find_enum(set).map(|e| book.schema.en(e)) else { return Ok(word.trim().to_string()) };
    let word = word.trim();
    let english = || e.values.iter().find(|v| v.label.en.eq_ignore_ascii_case(word) || v.code.eq_ignore_ascii_case(word));
    if let Some(v) = e.find(word).map(|i| &e.values[i as usize]).or_else(english) {
        return Ok(v.code.clone());
    }
    let shown = crate::text::safe(word).into_owned();
    let spellings = e.values.iter().flat_map(|v| [v.code.as_str(), v.label.zh.as_ref()]);
    // 组长 alone may mean the team's or the leading group's.
    let holding: Vec<&str> = e.values.iter().map(|v| v.label.zh.as_ref()).filter(|l| !word.is_empty() && l.contains(word)).collect();
    if holding.len() > 1 && holding.len() < 6 {
        let codes: Vec<&str> = e.values.iter().filter(|v| holding.contains(&v.label.zh.as_ref())).map(|v| v.code.as_str()).collect();
        let (zh, en) = (holding.join("、"), codes.join(", "));
        return Err(fail(say!("{option} `{shown}` 不明确，请写明：{zh}", "{option} `{shown}` is ambiguous; it may be {en}")));
    }
    Err(fail(match nearest(word, spellings) {
        Some(near) => say!("{option} 不能是 `{shown}`；是否指 `{near}`？", "{option} cannot be `{shown}`; did you mean `{near}`?"),
        None => {
            let zh = e.values.iter().map(|v| v.label.zh.as_ref()).collect::<Vec<_>>().join("、");
            let en = e.values.iter().map(|v| v.code.as_str()).collect::<Vec<_>>().join(", ");
            say!("{option} 不能是 `{shown}`，可用：{zh}", "{option} cannot be `{shown}`; it is one of: {en}")
        }
    }))
}

/// The code of a role.
pub fn role(book: &Casebook, word: &str, option: &str) -> Result<String> {
    value(book, "role", word, option)
}

/// A day, or a day with hour and minute; else a refusal that says how it is written.
pub fn day(text: &str) -> Result<NaiveDate> {
    let word = text.trim();
    if let Some((day, _)) = crate::kind::bind::time(word) {
        return Ok(day);
    }
    let shown = crate::text::safe(text).into_owned();
    let like = word.len() == 10 && word.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if like {
        return Err(fail(say!("日历上没有 `{shown}` 这一天", "there is no such day as `{shown}`")));
    }
    Err(fail(match crate::yaml::date_hint(word).filter(|d| crate::kind::bind::time(d).is_some()) {
        Some(iso) => say!("日期 `{shown}` 请写成 `{iso}`", "write the date `{shown}` as `{iso}`"),
        None => say!("日期应写作 2020-09-04（年月日写全），不是 `{shown}`", "a date is written 2020-09-04, with its year, not `{shown}`"),
    }))
}

/// The period that is meant, of an obligation that comes back with each; refuses one where there is none to name, and none where one is needed.
pub fn period(o: &Obligation, text: Option<&str>, today: NaiveDate) -> Result<Option<Cycle>> {
    let id = &o.id;
    let (every, text) = match (o.every, text) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(fail(say!("{id} 不按期重复，不用 --period", "{id} does not come back: leave out --period"))),
        (Some(every), None) => {
            let (words, example) = (every.title(), Cycle::of(every, today));
            let (zh, en) = (words.zh, words.en);
            return Err(fail(say!(
                "{id} {zh}一次，请写明哪一期，如 --period {example}",
                "{id} comes back {en}: say which, as in --period {example}"
            )));
        }
        (Some(every), Some(text)) => (every, text),
    };
    let shown = crate::text::safe(text);
    match Cycle::parse(text).filter(|c| c.every == every) {
        Some(cycle) => Ok(Some(cycle)),
        None => {
            let (words, example) = (every.title(), Cycle::of(every, today));
            let (zh, en) = (words.zh, words.en);
            Err(fail(say!(
                "--period 不能是 `{shown}`：{id} {zh}一次，写作 {example}",
                "--period cannot be `{shown}`: {id} comes back {en}, written {example}"
            )))
        }
    }
}

/// The round that a place lies in; refuses the whole casebook.
pub fn round_of(place: &Where) -> Result<String> {
    place.round().map(str::to_string).ok_or_else(|| {
        fail(say!("请写明案卷，如 `2020-1/单位`，或进入它的文件夹", "name the case, as in `2020-1/UNIT`, or go into its folder"))
    })
}

/// Where a record about something of this scope belongs, and the team it concerns.
pub fn scoped(book: &Casebook, place: &Where, scope: Scope, what: &crate::text::Text) -> Result<(Where, Option<String>)> {
    if scope == Scope::Casebook {
        return Ok((Where::Book, None));
    }
    let round = round_of(place)?;
    let (zh, en) = (&what.zh, &what.en);
    match (scope, place) {
        (Scope::Casebook, _) => Ok((Where::Book, None)),
        (Scope::Round, _) => Ok((Where::Round(round), None)),
        (Scope::Case, Where::Case(..)) => Ok((place.clone(), None)),
        (Scope::Case, _) => Err(fail(say!(
            "“{zh}”是逐个案卷的事，请写明案卷，如 `{round}/单位`",
            "“{en}” belongs to a case: name it, as in `{round}/UNIT`"
        ))),
        (Scope::Team, _) => team(book, place, &round, what).map(|t| (Where::Round(round), Some(t))),
    }
}

fn team(book: &Casebook, place: &Where, round: &str, what: &crate::text::Text) -> Result<String> {
    let (zh, en) = (&what.zh, &what.en);
    if let Where::Case(_, case) = place {
        let read = book.read_case(round, case);
        let kind = book.schema.find_kind("case");
        let record = kind.and_then(|k| read.folder.of(k).first());
        let index = record.and_then(|r| book.schema.shape(r.shape).find("team"));
        let team = record.zip(index).and_then(|(r, i)| r.root().field(i)).filter(|p| p.filled()).map(|p| p.str().trim().to_string());
        return team.ok_or_else(|| {
            fail(say!(
                "“{zh}”是巡察组的事，而 rounds/{round}/{case}/case.yaml 还没有写巡察组",
                "“{en}” belongs to a team, and rounds/{round}/{case}/case.yaml names none yet"
            ))
        });
    }
    let kind = book.schema.find_kind("team");
    let folder = book.read_round(round, Some(&[])).folder;
    let teams: Vec<&str> = kind.map(|k| folder.of(k).iter().map(|r| r.id.as_str()).collect()).unwrap_or_default();
    match teams.as_slice() {
        [one] => Ok(one.to_string()),
        _ => Err(fail(say!(
            "“{zh}”是巡察组的事，请写明该组的一个案卷，如 `{round}/单位`",
            "“{en}” belongs to a team: name one of its cases, as in `{round}/UNIT`"
        ))),
    }
}

/// A record to be written: its kind, its place, its fields by key.
pub struct New<'n> {
    /// The kind's id.
    pub kind: &'n str,
    /// Where.
    pub place: Where,
    /// The file name without ending.
    pub stem: String,
    /// Keys and values; those with an empty value are left out.
    pub fields: Vec<(&'n str, String)>,
}

/// Path and text of a small record, read back before it may be written.
pub fn compose(book: &Casebook, new: &New, lang: Lang) -> Result<(String, String)> {
    composed(book, new, lang, true)
}

/// As [`compose`], for the place of a file that is there.
pub fn compose_over(book: &Casebook, new: &New, lang: Lang) -> Result<(String, String)> {
    composed(book, new, lang, false)
}

fn composed(book: &Casebook, new: &New, lang: Lang, fresh: bool) -> Result<(String, String)> {
    let kind: KindId = book.kind_named(new.kind).map_err(fail)?;
    let spot = book.spot(kind, &new.place).map_err(fail)?;
    let shape = book.schema.kind(kind).shape;
    let mut fill = Fill::new();
    for (key, value) in new.fields.iter().filter(|(_, v)| !v.trim().is_empty()) {
        fill.set(&book.schema, shape, key, value).map_err(fail)?;
    }
    let text = skeleton::record(&book.schema, kind, lang, &fill);
    let mut rel = book.record_path(kind, &spot, &new.stem);
    while fresh && book.taken(&rel) {
        let letters = crate::casebook::write::random_letters();
        rel = book.record_path(kind, &spot, &format!("{}-{letters}", new.stem));
    }
    let (_, findings) = book.judge(kind, &rel, &spot.home, &text);
    if let Some(f) = findings.into_iter().find(|f| f.severity == crate::finding::Severity::Error) {
        return Err(fail(f.message));
    }
    Ok((rel, text))
}

/// Writes a small record in the casebook's language; gives its path. The casebook is locked by the caller.
pub fn write(book: &Casebook, ctx: &Ctx, new: &New) -> Result<String> {
    let (rel, text) = compose(book, new, record_lang(book, ctx))?;
    book.create(&rel, &text)?;
    Ok(rel)
}

/// Prints `已写入 …` for a file.
pub fn wrote(ctx: &mut Ctx, rel: &str) -> Result<()> {
    ctx.line(&say!("已写入 {rel}", "written: {rel}"))
}

/// Prints findings of a text that is not on disk: message and remedy.
pub fn complain(ctx: &mut Ctx, findings: &[crate::finding::Finding]) -> Result<()> {
    ctx.out.flush()?;
    for f in findings {
        let (title, message) = (f.severity.title(), &f.message);
        let colon = if ctx.lang == Lang::Zh { "：" } else { ": " };
        writeln!(ctx.err, "{}{colon}{}", title.get(ctx.lang), message.get(ctx.lang))?;
        if let Some(help) = &f.help {
            writeln!(ctx.err, "  {}", help.get(ctx.lang))?;
        }
    }
    Ok(())
}
