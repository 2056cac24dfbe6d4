// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/completion/scripts.hpp"

namespace mtc::cli {
namespace {

constexpr std::string_view kBash = R"sh(# Completion of mtc for bash:  source <(mtc completion bash)
_mtc() {
  local line paths= cur=${COMP_WORDS[COMP_CWORD]}
  local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  [[ $cur == = ]] && cur=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) paths=-f ;;
      :folders) paths=-d ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
  [[ -n $paths ]] || return 0
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$paths" -- "$cur")
}
complete -F _mtc mtc
)sh";

constexpr std::string_view kZsh = R"sh(#compdef mtc
# Completion of mtc for zsh:  source <(mtc completion zsh), or this file as _mtc in a folder of $fpath
_mtc() {
  local line paths tab=$'\t'
  local -a candidates
  for line in "${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) paths=files ;;
      :folders) paths=folders ;;
      *$tab*) candidates+=("${${line%%$tab*}//:/\\:}:${line#*$tab}") ;;
      *) candidates+=("${line//:/\\:}") ;;
    esac
  done
  (( $#candidates )) && _describe 'mtc' candidates
  case $paths in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ ${funcstack[1]} == _mtc ]]; then _mtc "$@"; else compdef _mtc mtc; fi
)sh";

constexpr std::string_view kFish = R"sh(# Completion of mtc for fish:  mtc completion fish | source
function __mtc_complete
  set -l current (commandline -ct)
  set -l words (commandline -opc) "$current"
  for line in (command $words[1] __complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path "$current"
      case ':folders'
        __fish_complete_directories "$current"
      case '*'
        echo $line
    end
  end
end
complete -c mtc -f -a '(__mtc_complete)'
)sh";

}  // namespace

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return std::string(kBash);
  if (shell == "zsh") return std::string(kZsh);
  return shell == "fish" ? std::string(kFish) : std::string();
}

}  // namespace mtc::cli
