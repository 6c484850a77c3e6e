//! Values given for the fields of a record before it is a file: `reviewed_by.role=leader`, by key or label; knows neither YAML nor files.

use super::schema::{Schema, Shape, ShapeId, Type};
use crate::say;
use crate::text::{Text, cut, nearest};

/// What is given for one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// One value, as it was typed.
    Text(String),
    /// The items of a list.
    List(Vec<Given>),
    /// The fields of a map, by index in its shape.
    Map(Fill),
    /// Texts under free names.
    Named(Vec<(String, String)>),
}

/// What is given for the fields of one shape, by index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fill {
    fields: Vec<(u16, Given)>,
}

impl Fill {
    /// Nothing given.
    pub fn new() -> Fill {
        Fill::default()
    }

    /// What is given for a field.
    pub fn get(&self, index: u16) -> Option<&Given> {
        self.fields.iter().find(|(i, _)| *i == index).map(|(_, g)| g)
    }

    /// The single value given for a field, by any of its names.
    pub fn text(&self, shape: &Shape, name: &str) -> Option<&str> {
        match self.get(shape.find(name)?)? {
            Given::Text(s) => Some(s),
            _ => None,
        }
    }

    /// Takes a field's value out.
    pub fn take(&mut self, index: u16) -> Option<Given> {
        let at = self.fields.iter().position(|(i, _)| *i == index)?;
        Some(self.fields.remove(at).1)
    }

    /// Gives `value` to the field at `path` (names joined by `.`). A list grows when it is given again, or by commas; a list of maps starts its
    /// next item when a key comes a second time. An unknown name is refused with a suggestion.
    pub fn set(&mut self, schema: &Schema, shape: ShapeId, path: &str, value: &str) -> Result<(), Text> {
        let s = schema.shape(shape);
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name.trim(), Some(rest)),
            None => (path.trim(), None),
        };
        let index = s.find(name).ok_or_else(|| unknown(schema, shape, name))?;
        let ty = &s.fields[index as usize].ty;
        if let (Type::List(inner), None) = (ty, rest)
            && !matches!(**inner, Type::Map(_))
        {
            let Given::List(items) = self.entry(index, || Given::List(Vec::new())) else { return Err(twice(name)) };
            items.extend(split(inner, value).map(|v| Given::Text(v.to_string())));
            return Ok(());
        }
        match (ty, rest) {
            (Type::Map(inner), Some(rest)) => match self.entry(index, || Given::Map(Fill::new())) {
                Given::Map(fill) => fill.set(schema, *inner, rest, value),
                _ => Err(twice(name)),
            },
            (Type::List(list), Some(rest)) if matches!(**list, Type::Map(_)) => {
                let Type::Map(inner) = **list else { return Err(twice(name)) };
                let Given::List(items) = self.entry(index, || Given::List(Vec::new())) else { return Err(twice(name)) };
                if let Some(Given::Map(last)) = items.last_mut() {
                    let mut more = last.clone();
                    match more.set(schema, inner, rest, value) {
                        Ok(()) => {
                            *last = more;
                            return Ok(());
                        }
                        // A name that is unknown stays unknown in the next item.
                        Err(e) if !last.repeats(schema.shape(inner), rest) => return Err(e),
                        Err(_) => {}
                    }
                }
                let mut fresh = Fill::new();
                fresh.set(schema, inner, rest, value)?;
                items.push(Given::Map(fresh));
                Ok(())
            }
            (Type::Texts, Some(rest)) => match self.entry(index, || Given::Named(Vec::new())) {
                Given::Named(list) if !list.iter().any(|(k, _)| k == rest) => {
                    list.push((rest.to_string(), value.to_string()));
                    Ok(())
                }
                _ => Err(twice(path)),
            },
            (_, Some(rest)) => {
                Err(say!("“{name}”下没有字段，`.{rest}` 无处可放", "`{name}` has no fields of its own: there is no place for `.{rest}`"))
            }
            (_, None) => {
                if self.get(index).is_some() {
                    return Err(twice(name));
                }
                self.fields.push((index, Given::Text(value.to_string())));
                Ok(())
            }
        }
    }

    fn entry(&mut self, index: u16, new: impl FnOnce() -> Given) -> &mut Given {
        let at = self.fields.iter().position(|(i, _)| *i == index).unwrap_or_else(|| {
            self.fields.push((index, new()));
            self.fields.len() - 1
        });
        &mut self.fields[at].1
    }

    /// Whether the first name of `path` has a value already.
    fn repeats(&self, shape: &Shape, path: &str) -> bool {
        let name = path.split('.').next().unwrap_or(path).trim();
        shape.find(name).is_some_and(|i| self.get(i).is_some())
    }
}

/// The items of a list given in one word: split at commas, in running text only at the half-width one.
fn split<'v>(inner: &Type, value: &'v str) -> impl Iterator<Item = &'v str> {
    let text = matches!(inner, Type::Text);
    value.split(move |c| c == ',' || (!text && matches!(c, '，' | '、'))).map(str::trim).filter(|v| !v.is_empty())
}

fn twice(name: &str) -> Text {
    say!("“{name}”给了两次值", "`{name}` is given twice")
}

/// The path to a field inside the others that is called `name`, in the language in which it is called.
fn inside(schema: &Schema, shape: ShapeId, name: &str, depth: usize) -> Option<String> {
    let fields = &schema.shape(shape).fields;
    let maps = fields.iter().filter(|f| !f.header).filter_map(|f| {
        let mut ty = &f.ty;
        while let Type::List(item) = ty {
            ty = item;
        }
        if let Type::Map(inner) = ty { Some((f, *inner)) } else { None }
    });
    let zh = !name.is_ascii();
    let called = |f: &super::schema::Field| if zh { f.label.zh.to_string() } else { f.key.clone() };
    let maps: Vec<_> = maps.collect();
    let here = maps.iter().find_map(|(f, inner)| {
        let s = schema.shape(*inner);
        s.find(name).map(|i| format!("{}.{}", called(f), called(&s.fields[i as usize])))
    });
    here.or_else(|| {
        let mut below = maps.iter().filter(|_| depth > 0);
        below.find_map(|(f, inner)| inside(schema, *inner, name, depth - 1).map(|rest| format!("{}.{rest}", called(f))))
    })
}

fn unknown(schema: &Schema, id: ShapeId, name: &str) -> Text {
    let shape = schema.shape(id);
    let (zh, en) = (&shape.title.zh, &shape.title.en);
    let shown = crate::text::safe(&cut(name, 40)).into_owned();
    if let Some(path) = inside(schema, id, name, 3) {
        return say!("“{zh}”没有字段 `{shown}`；请写 `{path}=…`", "“{en}” has no field `{shown}`; write `{path}=…`");
    }
    match nearest(name, shape.spellings()) {
        Some(near) => say!("“{zh}”没有字段 `{shown}`；是否指 `{near}`？", "“{en}” has no field `{shown}`; did you mean `{near}`?"),
        None => {
            let own = || shape.fields.iter().filter(|f| !f.header);
            let list = own().map(|f| f.label.zh.as_ref()).collect::<Vec<_>>().join("、");
            let list_en = own().map(|f| f.key.as_str()).collect::<Vec<_>>().join(", ");
            say!("“{zh}”没有字段 `{shown}`；可用：{list}", "“{en}” has no field `{shown}`; its fields: {list_en}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::load::builtin;

    fn filled(kind: &str, pairs: &[(&str, &str)]) -> Result<Fill, Text> {
        let schema = builtin();
        let shape = schema.kind(schema.find_kind(kind).unwrap()).shape;
        let mut fill = Fill::new();
        pairs.iter().try_for_each(|(k, v)| fill.set(&schema, shape, k, v))?;
        Ok(fill)
    }

    #[test]
    fn keys_and_labels_mean_the_same_field() {
        assert_eq!(filled("interview", &[("date", "2020-09-04")]), filled("interview", &[("谈话日期", "2020-09-04")]));
        assert_eq!(filled("interview", &[("reviewed_by.role", "leader")]), filled("interview", &[("组长审阅.签字人角色", "leader")]));
        assert_eq!(
            filled("interview", &[("inspectors", "zu-01,zu-02")]),
            filled("interview", &[("inspectors", "zu-01"), ("谈话人员", "zu-02")])
        );
    }

    #[test]
    fn a_key_that_comes_again_starts_the_next_item() {
        let pairs = [("members.person", "zu-01"), ("members.role", "leader"), ("members.person", "zu-02")];
        let fill = filled("team", &pairs).unwrap();
        let schema = builtin();
        let shape = schema.shape_of(schema.find_kind("team").unwrap());
        let Some(Given::List(items)) = fill.get(shape.find("members").unwrap()) else { panic!("no list") };
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn what_is_unknown_or_given_twice_is_refused() {
        let e = filled("interview", &[("plase", "x")]).unwrap_err();
        assert!(e.en.contains("`place`"), "{}", e.en);
        let e = filled("team", &[("members.person", "a"), ("members.rol", "b")]).unwrap_err();
        assert!(e.en.contains("`role`"), "{}", e.en);
        // A field of a part of the record is named by its path, in the language of the question.
        let e = filled("interview", &[("对象代码", "P-001")]).unwrap_err();
        assert!(e.zh.contains("`谈话对象.对象代码=…`"), "{}", e.zh);
        let e = filled("interview", &[("category", "other")]).unwrap_err();
        assert!(e.en.contains("`subject.category=…`"), "{}", e.en);
        assert!(filled("interview", &[("place", "a"), ("地点", "b")]).is_err());
        assert!(filled("interview", &[("place", "a"), ("谈话地点", "b")]).is_err());
        assert!(filled("interview", &[("place.x", "a")]).is_err());
    }
}
