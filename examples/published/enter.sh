#!/bin/sh
# 把公布的轮次用命令逐条录入 | Enters the published rounds with the program's own commands.
# 用法 | usage:  enter.sh FOLDER        (XUNCHA=程序的路径 | path of the program)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
book=${1:?用法/usage: enter.sh FOLDER}
xuncha=${XUNCHA:-xuncha}

# 后来记的日期也照原样录入,与录入时的日期无关 | what is entered does not depend on the day of entering it
run() { "$xuncha" -C "$book" --lang zh --today 2026-02-14 "$@" >/dev/null 2>&1 || { echo "enter.sh: xuncha $*" >&2; exit 1; }; }

# 在空表的一行后面填上内容,如同在编辑器里填写 | fills in a line of a skeleton, as one does in an editor
fill() {
  KEY=$2 VALUE=$3 awk 'BEGIN { key = ENVIRON["KEY"] ":"; alt = "# " key }
    !done && (index($0, key) == 1 || index($0, alt) == 1) { print key " " ENVIRON["VALUE"]; done = 1; next } { print }
    END { if (!done) { print "enter.sh: no line " key > "/dev/stderr"; exit 1 } }' "$book/$1" >"$book/$1.new"
  mv "$book/$1.new" "$book/$1"
}

# round 轮次 单位编号 单位名称 年度 来源 公布内容 [规程]
round() {
  r=$1 u=$2
  run new-round "$r" --procedure "${7:-published}" --unit "$u=$3"
  fill "rounds/$r/round.yaml" 年度 "$4"
  fill "rounds/$r/round.yaml" 来源 "$5"
  fill "rounds/$r/round.yaml" 公布内容 "$6"
}
name() { fill "rounds/$r/round.yaml" 轮次名称 "$1"; }
about() { fill "rounds/$r/$u/case.yaml" "$1" "$2"; }
on() { run event "$r/$u" "$@"; }

mkdir -p "$book"
cp -R "$here/kinds" "$here/procedures" "$here/README.md" "$book/"
run init --procedure published --office 公布轮次示例

round 2025-xuchang-dongcheng xuchang-dongcheng 许昌市东城区 2025 \
  https://dongchengqu.xuchang.gov.cn/zjdq/001002/20260213/7fc568d8-2bd6-4f3d-be6d-fa1202354ba1.html \
  '2025-07-10进驻,09-12撤离,10-21反馈;三个月的集中整改为2025-10-21至2026-01-21;通报于2026-02-13公布。' xuchang
about 派出方 市委第一巡察组
on entry 2025-07-10
on withdrawal 2025-09-12
on feedback 2025-10-21
on concentrated_end 2026-01-21 --note 通报所载集中整改的止日
on rectification_published 2026-02-13

round 2025-nantong-tongzhou tongzhou-pingchao 南通市通州区平潮镇团圆村等23个村（社区）党组织 2025 \
  http://www.tzjw.gov.cn/tzjw/bjxcfk/content/081c0b60-630e-4c68-8216-b0bd2e48ab2c.html \
  '2025-04-02进驻,05-30撤离,06-20反馈,同时向平潮镇党委反馈。'
about 派出方 区委第三巡察组
on entry 2025-04-02
on withdrawal 2025-05-30
on feedback 2025-06-20

round 2025-pingyu-13-10 pingyu 平舆县14个党组织（常规）和2个党组织（回头看） 2025 \
  https://www.kflz.gov.cn/sitesources/zmdjw/page_pc/gzdt/xsxc/qdjz/articlee6d1824ac947405dbfdaa3132242526b.html \
  '2025-07-14进驻,08-22撤离;信访受理截至08-22中午12时。一拖二。'
name 十三届县委第十轮
about 派出方 8个组
about 信访受理 电话（工作时间）、接待、意见箱、电子邮箱、二维码
on entry 2025-07-14
on petition_cutoff 2025-08-22T12:00
on withdrawal 2025-08-22

round 2022-kunming-13-3 kunming-12-cun 昆明市所属某县12个村（社区）党组织 2022 \
  http://jw.km.gov.cn/c/2022-05-30/4391219.shtml \
  '2022-03-01进驻,04-04撤离,共计35天。所见网页没有写县名。'
name 十三届县委第三轮
about 派出方 4个组
about 公布的驻地天数 35
on entry 2022-03-01
on withdrawal 2022-04-04 --note 清明假期内的星期一

round 2022-jiangcheng-13-2 jiangcheng 江城县自然资源局等3个部门党组、国庆乡党委及6个党总支 2022 \
  https://pejw.pes.gov.cn/html/jcx_xcgz/content/2022062385508.html \
  '2022-03-07进驻,04-29撤离。2022-06-23的网页说近日反馈,没有日期。'
name 十三届县委第二轮
about 派出方 3个组
on entry 2022-03-07
on withdrawal 2022-04-29

round 2021-lezhi-14-12 lezhi 乐至县6个党组织（常规）和6个乡镇、6个部门（回头看） 2021 \
  '中共乐至县委巡察工作领导小组办公室撤离公告2021-05-21' \
  '2021-03-17进驻,05-21下午17时撤离;接待、意见箱、电话、邮件同时停止受理。'
name 十四届县委第十二轮
about 派出方 4个组
about 信访受理 接待、意见箱、电话、邮件
on entry 2021-03-17
on petition_cutoff 2021-05-21T17:00
on withdrawal 2021-05-21T17:00

round 2025-tongliao-6-9 tongliao 通辽市19个党组织（常规9、延伸2、专项8） 2025 \
  'http://m.tlxcwttd.com/nd.jsp?id=5&mid=5' \
  '2025-03-24进驻,05-30撤离;信访受理截至05-25。'
name 六届市委第九轮
about 派出方 6个组
about 信访受理 电话受理时间为08:30至12:00、14:30至17:30
on entry 2025-03-24
on petition_cutoff 2025-05-25
on withdrawal 2025-05-30

round 2025-zhongshan-henglan zhongshan-henglan 中山市横栏镇党委 2025 \
  http://www.zs.gov.cn/hlz/tpxw/content/post_2558128.html \
  '2025-10-21进驻,2026-01-09撤离;信访受理截至2026-01-05。专项巡察。'
about 信访受理 电话（工作日）、邮政信箱、二维码
on entry 2025-10-21
on petition_cutoff 2026-01-05
on withdrawal 2026-01-09

round 2022-qindu-18-1 xianyang-qindu 咸阳市秦都区7个单位及村、社区 2022 \
  https://qindu.qinfeng.gov.cn/info/1012/16034.htm \
  '2022-06-09进驻,08-23撤离;信访受理截至08-16。'
name 十八届区委第一轮
about 信访受理 只受理来电来信来访，不负责答复；监督巡察组的电话另设
on entry 2022-06-09
on petition_cutoff 2022-08-16
on withdrawal 2022-08-23
