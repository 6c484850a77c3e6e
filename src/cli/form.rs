//! `form`: prints a paper of the procedure, blank or filled from a case, as Markdown or as a page for the printer.

use super::ctx::fail;
use super::private::Room;
use super::{Ctx, target};
use crate::assess::ground::{Ground, History};
use crate::assess::sight::{Sight, Spot};
use crate::casebook::Casebook;
use crate::casebook::file::read_text;
use crate::casebook::names::Where;
use crate::procedure::compile::Program;
use crate::procedure::form::{self, Form};
use crate::procedure::{self, Procedure};
use crate::public::{Purpose, export};
use crate::render;
use crate::say;
use crate::text::{Format, Lang, Text, list_text, nearest};
use anyhow::Result;

/// 打印规程所附的表样：空白的，或从案卷带出已有内容 | print a form of the procedure: blank, or filled from a case
#[derive(clap::Args)]
pub struct Args {
    /// 表样，如 form7；不写则列出全部 | the form, as in form7; without it all are listed
    #[arg(value_name = "FORM")]
    form: Option<String>,
    /// 从这个案卷带出内容；不写则为空白表样 | the case to fill it from; without it the form is blank
    #[arg(value_name = "CASE")]
    case: Option<String>,
}

/// Exit 2 where there is no such form.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = Casebook::find(&ctx.dir).map(|root| Casebook::open(&root));
    let forms = form::all(book.as_ref());
    let Some(name) = args.form.as_deref().map(str::trim) else { return list(&forms, ctx) };
    let format = ctx.format(&[Format::Md, Format::Html])?;
    let place = match (&book, &args.case) {
        (Some(book), Some(case)) => Some(ctx.place(book, Some(case))?),
        (None, Some(_)) => Some(ctx.book().and_then(|b| ctx.place(&b, None))?),
        _ => None,
    };
    let own = book.as_ref().map(|b| target::procedure_of(b, place.as_ref().unwrap_or(&b.here(&ctx.dir))));
    let form = find(&forms, name, own.as_ref())?;
    let p = match own.filter(|p| p.id == form.procedure() || p.extends.as_deref() == Some(form.procedure())) {
        Some(p) => p,
        None => procedure::by_id(form.procedure(), book.as_ref())?.0,
    };
    let schema = book.as_ref().map_or_else(crate::kind::load::builtin, |b| b.schema.clone());
    let program = Program::new(&p, &schema);
    let ready = match form.ready(&program) {
        Ok(ready) => ready,
        Err(f) => {
            let mut sources = render::Sources::new(&ctx.dir).within(ctx.width);
            // A casebook's own form stands in the place of a built-in one of the same name.
            let own = book.as_ref().and_then(|b| read_text(&b.root.join(&form.file), &form.file).ok());
            if let Some(text) = own {
                sources.put(&form.file, text);
            }
            render::any_findings(ctx.err, &[&*f], &mut sources, Format::Table, ctx.lang, ctx.color)?;
            return Ok(2);
        }
    };
    let text = match (&book, &place) {
        (Some(book), Some(place)) => {
            let Where::Case(round, case) = place else {
                return Err(fail(say!("请写明案卷，如 `2011-1/单位`", "name the case, as in `2011-1/UNIT`")));
            };
            let laid = if ctx.public { Some(Copy::of(book, ctx.lang)?) } else { None };
            let book = laid.as_ref().map_or(book, |c| &c.book);
            let (workspace, round) = (book.read_workspace(), book.read_round(round, None));
            let history = History::default();
            let ground = Ground::new(book, &workspace, &round, &program, &history, ctx.today);
            let spot = ground.case_named(case).map_or(Spot::Round, Spot::Case);
            render::form::markdown(&ready, Some(&Sight::new(&ground, spot)))
        }
        _ => render::form::markdown(&ready, None),
    };
    match format {
        Format::Html => write!(ctx.out, "{}", render::form::html(&text, &form.title.zh))?,
        _ => write!(ctx.out, "{text}")?,
    }
    Ok(0)
}

/// The casebook without what is not public, for as long as a form is filled from it.
struct Copy {
    book: Casebook,
    _room: Room,
}

impl Copy {
    fn of(book: &Casebook, lang: Lang) -> Result<Copy> {
        let laid = export::lay(book, Purpose::Form, lang)?;
        let Ok(laid) = laid else {
            return Err(fail(say!(
                "有记录读不了，不能输出供公开的表；先用 xuncha check 查明改正",
                "records cannot be read, so there is no form for the public; mend them first, xuncha check says what is wrong"
            )));
        };
        let room = Room::new()?;
        crate::casebook::write::fill(room.path(), &laid.files, "form")?;
        Ok(Copy { book: Casebook::open(room.path()), _room: room })
    }
}

fn list(forms: &[Form], ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md])?;
    let lang = ctx.lang;
    let head = match lang {
        Lang::Zh => ["编号", "出处", "表样", "文件"],
        Lang::En => ["id", "cite", "form", "file"],
    };
    let row = |f: &Form| vec![f.id.clone(), f.cite.clone(), f.title.get(lang).to_string(), f.file.clone()];
    let each = |f: &Form| serde_json::json!({"id": f.id, "cite": f.cite, "title": f.title.get(lang), "file": f.file});
    let json = || serde_json::Value::Array(forms.iter().map(each).collect());
    render::rows(format, ctx.out, &head, forms.iter().map(row).collect(), json, ctx.width)?;
    Ok(0)
}

/// The form of that name: its whole id, or its own name under the procedure at hand, or the only one of that name.
fn find<'f>(forms: &'f [Form], name: &str, own: Option<&Procedure>) -> Result<&'f Form> {
    let mine = |f: &&Form| own.is_some_and(|p| f.procedure() == p.id || p.extends.as_deref() == Some(f.procedure()));
    let named: Vec<&Form> = forms.iter().filter(|f| f.name() == name || f.cite == name || f.title.zh == name).collect();
    let found = forms.iter().find(|f| f.id == name).or_else(|| named.iter().copied().find(|f| mine(f)));
    match (found, named.as_slice()) {
        (Some(f), _) => Ok(f),
        (None, [f]) => Ok(*f),
        (None, []) => {
            let shown = crate::text::safe(name).into_owned();
            let names = forms.iter().flat_map(|f| [f.id.as_str(), f.name(), f.title.zh.as_ref()]);
            Err(fail(match nearest(name, names) {
                Some(near) => say!("没有表样 `{shown}`；是否指 `{near}`？", "there is no form `{shown}`; did you mean `{near}`?"),
                None => say!("没有表样 `{shown}`；用 `xuncha form` 列出全部", "there is no form `{shown}`; `xuncha form` lists them"),
            }))
        }
        (None, several) => {
            let shown = crate::text::safe(name).into_owned();
            let Text { zh, en } = list_text(&several.iter().map(|f| f.id.as_str()).collect::<Vec<_>>());
            Err(fail(say!("`{shown}` 不止一份，请写全：{zh}", "there are several `{shown}`; write one in full: {en}")))
        }
    }
}
