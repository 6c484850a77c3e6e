//! Two people work on two branches and git brings their work together: what merges by itself, what does not and how that reads, and what `check`
//! says afterwards. A merge that stops is checked as git leaves it, marks and all.

mod common;
#[path = "common/git.rs"]
mod git;

use git::Repo;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

const TODAY: &str = "2021-05-12";

/// What a person does.
enum Do {
    /// A command of the program.
    Run(&'static [&'static str]),
    /// A new file, or another text for it.
    Write(&'static str, &'static str),
    /// Other words in a file.
    Edit(&'static str, &'static str, &'static str),
    /// A line more at the end of a file.
    Append(&'static str, &'static str),
    /// A file or folder taken away.
    Remove(&'static str),
    /// Another name for a file.
    Rename(&'static str, &'static str),
}
use Do::*;

/// Two branches from one state.
struct Scene {
    name: &'static str,
    ours: &'static [Do],
    theirs: &'static [Do],
    /// The files at which git stops.
    stops: &'static [&'static str],
}

const TALK: &str = "rounds/2021-r1/qinghe/interview/2021-03-22-p-201.yaml";
const ROUND: &str = "rounds/2021-r1/round.yaml";
const PLAN: &str = "rounds/2021-r1/qinghe/plan/2021-03-11-tanhua.yaml";
const PERSON: &str = "person/zu-13.yaml";
const PROCEDURE: &str = "rounds/2021-r1/procedure.toml";

const SCENES: [Scene; 22] = [
    Scene {
        name: "两人各加一份谈话 both add a talk",
        ours: &[Run(&["add", "interview", "2021-r1/qinghe"])],
        theirs: &[Run(&["add", "interview", "2021-r1/qinghe"])],
        stops: &[],
    },
    Scene {
        name: "各做各的案卷 each works on another case",
        ours: &[Run(&["event", "2021-r1/qinghe", "withdrawal", "2021-05-12"]), Edit(TALK, "页数: 4", "页数: 5")],
        theirs: &[Run(&["add", "petition", "2021-r1/shuitou"]), Edit("rounds/2021-r1/shuitou/case.yaml", "\n", "\n\n")],
        stops: &[],
    },
    Scene {
        name: "同一个编号用了两次 the same number taken twice",
        ours: &[Write("rounds/2021-r1/qinghe/interview/2021-05-12-a.yaml", "谈话编号: 6\n谈话日期: 2021-05-12\n")],
        theirs: &[Write("rounds/2021-r1/qinghe/interview/2021-05-12-b.yaml", "谈话编号: 6\n谈话日期: 2021-05-12\n")],
        stops: &[],
    },
    Scene {
        name: "同一份记录名 the same name for two records",
        ours: &[Run(&["add", "interview", "2021-r1/qinghe", "id=t-6", "date=2021-05-12"])],
        theirs: &[Run(&["add", "interview", "2021-r1/qinghe", "id=t-6", "date=2021-05-11"])],
        stops: &["rounds/2021-r1/qinghe/interview/t-6.yaml"],
    },
    Scene {
        name: "同一个节点，同一天 the same event on the same day",
        ours: &[Run(&["event", "2021-r1/qinghe", "withdrawal", "2021-05-12"])],
        theirs: &[Run(&["event", "2021-r1/qinghe", "withdrawal", "2021-05-12"])],
        stops: &[],
    },
    Scene {
        name: "同一个节点，两个日期 the same event with two dates",
        ours: &[Run(&["event", "2021-r1/qinghe", "withdrawal", "2021-05-11"])],
        theirs: &[Run(&["event", "2021-r1/qinghe", "withdrawal", "2021-05-12"])],
        stops: &[],
    },
    Scene {
        name: "这边删，那边改 removed here, changed there",
        ours: &[Remove(TALK)],
        theirs: &[Edit(TALK, "页数: 4", "页数: 5")],
        stops: &[TALK],
    },
    Scene {
        name: "同一字段，两个值 two values for one field",
        ours: &[Edit(TALK, "页数: 4", "页数: 5")],
        theirs: &[Edit(TALK, "页数: 4", "页数: 6")],
        stops: &[TALK],
    },
    Scene {
        name: "同一份记录，相隔的字段 fields apart in one record",
        ours: &[Edit(TALK, "谈话地点: 驻地一层谈话室", "谈话地点: 驻地二层谈话室")],
        theirs: &[Edit(TALK, "页数: 4", "页数: 5")],
        stops: &[],
    },
    Scene {
        name: "同一份记录，各加一条审批 an approval from each",
        ours: &[Run(&["approve", PLAN, "--role", "head", "--decision", "agreed", "--date", "2021-03-12"])],
        theirs: &[Run(&["approve", PLAN, "--role", "executive_deputy_head", "--decision", "agreed", "--date", "2021-03-11"])],
        stops: &[PLAN],
    },
    Scene {
        name: "轮次进行中改规程 the procedure changed in mid-round",
        ours: &[Edit(PROCEDURE, "xinghai-2020", "kuiwen-2011")],
        theirs: &[Run(&["add", "petition", "2021-r1/shuitou"])],
        stops: &[],
    },
    Scene {
        name: "规程两边各改 the procedure changed on both sides",
        ours: &[Edit(PROCEDURE, "xinghai-2020", "kuiwen-2011")],
        theirs: &[Edit(PROCEDURE, "xinghai-2020", "press-2010")],
        stops: &[PROCEDURE],
    },
    Scene {
        name: "人员改了代号，那边还用旧的 a person renamed, the old name used there",
        ours: &[Rename(PERSON, "person/zu-23.yaml")],
        theirs: &[Run(&["add", "interview", "2021-r1/qinghe", "id=t-6", "date=2021-05-12", "inspectors=zu-11,zu-13"])],
        stops: &[],
    },
    Scene {
        name: "两边都新建同一个单位 the same unit registered twice",
        ours: &[Run(&["new-round", "2021-r2", "--unit", "jyj=县教育局"])],
        theirs: &[Run(&["new-round", "2021-r3", "--unit", "jyj=教育局"])],
        stops: &["unit/jyj.yaml"],
    },
    Scene {
        name: "两边都新建同一轮 the same round begun twice",
        ours: &[Run(&["new-round", "2021-r2", "--unit", "jyj=县教育局"])],
        theirs: &[Run(&["new-round", "2021-r2", "--unit", "wjj=县卫健局"])],
        stops: &["rounds/2021-r2/round.yaml"],
    },
    Scene {
        name: "两边各给一轮加案卷 a case added to a round on each side",
        ours: &[Run(&["new-round", "2021-r1", "--unit", "jyj=县教育局"])],
        theirs: &[Run(&["new-round", "2021-r1", "--unit", "wjj=县卫健局"])],
        stops: &[ROUND],
    },
    Scene {
        name: "同一个案卷两边都转阶段 the stage changed on both sides",
        ours: &[Run(&["advance", "2021-r1/qinghe", "--force", "--reason", "换届", "--by", "head"])],
        theirs: &[Run(&["advance", "2021-r1/qinghe", "--force", "--reason", "换届", "--by", "head", "--today", "2021-05-13"])],
        stops: &[],
    },
    Scene {
        name: "同一事项两边各豁免 the same obligation waived twice",
        ours: &[Run(&["waive", "2021-r1/qinghe", "XH-11-1a", "--by", "head", "--reason", "换届"])],
        theirs: &[Run(&["waive", "2021-r1/qinghe", "XH-11-1a", "--by", "head", "--reason", "机构改革"])],
        stops: &["rounds/2021-r1/qinghe/waiver/2021-05-12-xh-11-1a.yaml"],
    },
    Scene {
        name: "附件同名不同内容 an attachment of one name and two contents",
        ours: &[Write("rounds/2021-r1/qinghe/files/a.csv", "代码\nP-1\n")],
        theirs: &[Write("rounds/2021-r1/qinghe/files/a.csv", "代码\nP-2\n")],
        stops: &["rounds/2021-r1/qinghe/files/a.csv"],
    },
    Scene {
        name: "这边删人员，那边没动 a person removed here, used where nobody looked",
        ours: &[Remove(PERSON)],
        theirs: &[Run(&["event", "2021-r1/qinghe", "withdrawal", "2021-05-12"])],
        stops: &[],
    },
    Scene {
        name: "两边各编流水号 numbers given on both sides",
        ours: &[
            Write("rounds/2021-r1/qinghe/interview/2021-05-12-a.yaml", "谈话日期: 2021-05-12\n"),
            Run(&["number", "interview", "2021-r1/qinghe"]),
        ],
        theirs: &[
            Write("rounds/2021-r1/qinghe/interview/2021-05-12-b.yaml", "谈话日期: 2021-05-12\n"),
            Run(&["number", "interview", "2021-r1/qinghe"]),
        ],
        stops: &[],
    },
    Scene {
        name: "设置各改一处 settings changed in two places",
        ours: &[Edit("xuncha.toml", "due_soon = 14", "due_soon = 10")],
        theirs: &[Append("xuncha.toml", "team_meeting_interval = \"7d\"")],
        stops: &[],
    },
];

fn act(repo: &Repo, what: &Do) {
    let full = |rel: &str| repo.book.path().join(rel);
    match what {
        Run(args) => {
            let ran = repo.book.run(args, TODAY);
            assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
        }
        Write(rel, text) => {
            repo.book.write(rel, text);
        }
        Edit(rel, old, new) => repo.edit(rel, old, new),
        Append(rel, line) => {
            let text = fs::read_to_string(full(rel)).expect("a file");
            fs::write(full(rel), format!("{}\n{line}\n", text.trim_end())).expect("it can be written");
        }
        Remove(rel) => repo.book.remove(rel),
        Rename(from, to) => fs::rename(full(from), full(to)).expect("it can be renamed"),
    }
}

/// What `check` finds: a line each, without the letters of new files.
fn findings(repo: &Repo) -> BTreeSet<(String, String)> {
    let all = common::findings(&repo.book, TODAY, "zh");
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_string();
    let line = |f: &serde_json::Value| {
        let code = f["obligation"].as_str().map_or_else(|| text(&f["code"]), |o| format!("{} {o}", text(&f["code"])));
        let at = f["line"].as_u64().map_or(String::new(), |n| format!(":{n}"));
        (text(&f["code"]), format!("{code}  {}{at}  {}", text(&f["file"]), text(&f["message"])))
    };
    all.iter().map(line).collect()
}

/// Plays a scene: at which files git stopped, what `check` says now and did not say on either branch, and what it says of the branches.
fn play(scene: &Scene) -> (Vec<String>, String) {
    let repo = Repo::example("midway");
    repo.commit("办公室", "2021-05-10", "初始");
    let mut before = BTreeSet::new();
    for (branch, who, side) in [("ours", "甲", scene.ours), ("theirs", "乙", scene.theirs)] {
        repo.git(&["checkout", "-q", "-b", branch, "main"]);
        side.iter().for_each(|d| act(&repo, d));
        before.extend(findings(&repo));
        repo.commit(who, "2021-05-12", branch);
    }
    repo.git(&["checkout", "-q", "ours"]);
    let merged = repo.attempt(&["merge", "-q", "--no-edit", "theirs"]);
    let mut stopped: Vec<String> = repo.git(&["diff", "--name-only", "--diff-filter=U"]).lines().map(str::to_string).collect();
    stopped.sort();
    assert_eq!(merged.status.success(), stopped.is_empty(), "{}: {}", scene.name, String::from_utf8_lossy(&merged.stderr));
    let mut out = String::new();
    for file in &stopped {
        let _ = writeln!(out, "git: {file}");
        let text = fs::read_to_string(repo.book.path().join(file)).unwrap_or_default();
        let marks: Vec<&str> = text.lines().skip_while(|l| !l.starts_with("<<<<<<<")).collect();
        let end = marks.iter().rposition(|l| l.starts_with(">>>>>>>")).map_or(0, |i| i + 1);
        marks[..end].iter().take(12).for_each(|l| writeln!(out, "    {l}").unwrap_or_default());
    }
    let after = findings(&repo);
    for (_, line) in after.difference(&before).take(8) {
        let _ = writeln!(out, "check: {line}");
    }
    let more = after.difference(&before).count().saturating_sub(8);
    if more > 0 {
        let _ = writeln!(out, "check: …{more}");
    }
    (stopped, out)
}

#[test]
fn what_two_people_did_comes_together_or_says_where_it_does_not() {
    let played: Vec<(Vec<String>, String)> = SCENES.par_iter().map(play).collect();
    let mut all = String::new();
    for (scene, (stopped, text)) in SCENES.iter().zip(&played) {
        let _ = writeln!(all, "# {}\n{text}", scene.name);
        assert_eq!(stopped, scene.stops, "{}", scene.name);
    }
    insta::assert_snapshot!(all);
}
