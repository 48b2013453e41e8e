export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/**
 * What makes each shell ask `unitrd __complete WORD…` (complete.ts): a line for each proposal, a tab and an explanation
 * behind it. Where there is none, the shell completes file names.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  // Bash takes `--format=svg` for three words.
  bash: `_unitrd() {
  local word words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == = ]] || words+=("$word")
  done
  word=\${COMP_WORDS[COMP_CWORD]}
  [[ $word == = ]] && word=
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <(unitrd __complete "\${words[@]}" "$word" 2>/dev/null)
}
complete -o bashdefault -o default -F _unitrd unitrd
`,
  zsh: `#compdef unitrd
_unitrd() {
  local line
  local -a proposals explained
  for line in "\${(@f)$(unitrd __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] || continue
    proposals+=("\${line%%$'\\t'*}")
    explained+=("\${line/$'\\t'/  -- }")
  done
  if (( $#proposals )); then
    compadd -l -d explained -a proposals
  else
    _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _unitrd "$@"
else
  compdef _unitrd unitrd
fi
`,
  fish: `complete -c unitrd -a '(unitrd __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};
