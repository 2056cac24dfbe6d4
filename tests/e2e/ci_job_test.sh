#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A CI job that knows exit codes and jq alone: what docs/ci.md promises. ctest runs it as `ci_job_test.sh MTC`.
set -euo pipefail

mtc=${1:?usage: ci_job_test.sh PATH_OF_MTC}
job=$(mktemp -d)
trap 'rm -rf "$job"' EXIT
cd "$job"
export MTC_STORE=$job/store HOME=$job XDG_DATA_HOME=$job/data
unset GITHUB_ACTIONS GITLAB_CI MTC_PLUGIN_PATH MTC_REMOTE NO_COLOR CLICOLOR_FORCE

fail() {
  printf 'ci_job_test: %s\n' "$*" >&2
  exit 1
}

# expect CODE COMMAND…: runs it, whatever its exit code, and compares that.
expect() {
  local wanted=$1 code=0
  shift
  "$@" || code=$?
  [[ $code -eq $wanted ]] || fail "'$*' ended with $code instead of $wanted"
}

cat > pipeline.toml <<'TOML'
mtc = 1
[stage.images]
uses = "data.generate"
with = { samples = 20 }
[data.test]
stage = "images.tensors"
preprocess = "unit"
classes = 10
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.pruned]
uses = "sparsify.magnitude"
model = "init.model"
gate = ["sparsity >= 0.4"]
[stage.build]
uses = "compile"
model = "pruned.model"
target = "cpu.portable"
[stage.score]
uses = "evaluate.classification"
artifact = "build.artifact"
data = "test"
TOML

# Is there anything to do?
expect 10 "$mtc" plan pipeline.toml --exit-code > plan.txt

# Run; the report is data.
expect 0 "$mtc" run pipeline.toml --json > report.json 2> talk.txt
jq -e '.schema == "mtc.run/1" and .status == "ok" and .exit_code == 0' report.json > /dev/null || fail 'no good report'
top1=$(jq -er '.stages[] | select(.name == "score") | .metrics.top1' report.json)
jq -en --argjson top1 "$top1" '$top1 >= 0 and $top1 <= 1' > /dev/null || fail "top1 is $top1"
artifact=$(jq -er '.stages[] | select(.name == "build") | .outputs.artifact.path' report.json)
[[ -f $artifact/artifact.toml ]] || fail "no artifact at $artifact"
size=$(jq -er '.stages[] | select(.name == "build") | .outputs.artifact.bytes' report.json)
[[ $size -gt 0 ]] || fail 'the artifact has no bytes'
grep -q 'ran .*score' talk.txt || fail 'a job without a terminal shows no line a stage'
! grep -q $'\e' talk.txt || fail 'a job without a terminal gets escape sequences'

# Again: everything is in the store.
expect 0 "$mtc" plan pipeline.toml --exit-code > plan.txt
expect 0 "$mtc" run pipeline.toml --json > again.json 2> talk.txt
jq -e 'all(.stages[]; .status == "hit")' again.json > /dev/null || fail 'the second run was not taken from the store'
diff <(jq -S '[.stages[] | .metrics]' report.json) <(jq -S '[.stages[] | .metrics]' again.json) ||
  fail 'a hit has other metrics'

# Events, as they happen, through a pipe of their own.
"$mtc" run pipeline.toml -D stage.pruned.with.pattern=2:4 --json --events fd:3 3>&1 > third.json 2> talk.txt |
  jq -r 'select(.type == "stage.finished") | "\(.stage) \(.status)"' > finished.txt
[[ $(sort finished.txt) == $'build ran\nimages hit\ninit hit\npruned ran\nscore ran' ]] ||
  fail "events say: $(tr '\n' ';' < finished.txt)"

# A gate that does not hold has an exit code of its own, and the report says which.
expect 4 "$mtc" run pipeline.toml -D 'stage.pruned.gate=["sparsity >= 0.99"]' --json > gate.json 2> talk.txt
[[ $(jq -r '.stages[] | select(.status == "gate_failed") | .gates[0].expr' gate.json) == 'sparsity >= 0.99' ]] ||
  fail 'the report does not name the gate'
[[ $(jq -r '[.stages[] | select(.status == "skipped") | .name] | sort | join(" ")' gate.json) == 'build score' ]] ||
  fail 'what depends on the gate was not skipped'

# On GitHub a failed gate is an annotation at the stage's place, and stdout stays one document.
expect 4 env GITHUB_ACTIONS=true "$mtc" run pipeline.toml -D 'stage.pruned.gate=["sparsity >= 0.99"]' --json \
  > gate.json 2> talk.txt
jq -e '.status == "gate_failed"' gate.json > /dev/null || fail 'annotations disturb the report'
grep -q '^::error file=pipeline.toml,line=12,col=8,title=mtc::gate failed' talk.txt || fail 'no annotation of the gate'

# On GitLab each stage whose workers ran is a section of the log.
expect 0 env GITLAB_CI=true "$mtc" run pipeline.toml -D stage.init.with.seed=7 --json > report.json 2> talk.txt
ran=$(jq '[.stages[] | select(.status == "ran")] | length' report.json)
[[ $ran -eq 4 && $(grep -c 'section_start:.*\[collapsed=true\]' talk.txt) -eq $ran &&
  $(grep -c 'section_end:' talk.txt) -eq $ran ]] || fail "not a section for each of $ran stages"

# A mistake in the file is told before anything runs, as data too.
expect 2 "$mtc" run pipeline.toml -D stage.init.with.widht=3 --json > error.json 2> talk.txt
jq -e '.schema == "mtc.error/1" and .exit_code == 2 and (.error.hint | test("width"))' error.json > /dev/null ||
  fail 'the mistake is not told as JSON'

# A result that cannot be written is no success.
expect 7 "$mtc" target list --json > /dev/full 2> talk.txt

printf 'ci_job_test: passed in %d s\n' "$SECONDS"
