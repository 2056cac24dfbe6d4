// SPDX-License-Identifier: Apache-2.0
//
// External verbs: a program mtc-NAME in PATH is `mtc NAME`. What mtc has itself comes first.
//
// The program takes the place of mtc, so that its exit code, its signals and its terminal are its own. It
// gets the words after NAME as they are, without NAME. MTC is the path of this mtc, to be called back;
// --store and --plugin before NAME are MTC_STORE and MTC_PLUGIN_PATH.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "cli/mtc/command_words.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// NAME → program, for every mtc-NAME in the folders of PATH, the first of a name. Folders that are named
/// twice or are not absolute are passed over, as are the programs of mtc itself (mtc-worker, mtc-cache-*).
std::map<std::string, std::filesystem::path> external_verbs();

/// The program for `name`, or nullopt.
std::optional<std::filesystem::path> find_external_verb(const std::string& name);

/// Becomes `program`; returns only an error: invalid_argument for --json before the name, else what the
/// kernel says.
Error become_external(const std::filesystem::path& program, const CommandWords& words);

}  // namespace mtc::cli
