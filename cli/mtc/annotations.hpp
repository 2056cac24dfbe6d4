// SPDX-License-Identifier: Apache-2.0
//
// Marks that a CI system shows beside the code or in its log. They go to stderr, which the runners read as
// they read stdout: the result on stdout stays as it is.
//
// GitHub: `::error file=…,line=…,col=…,title=…::text` and `::warning …` for errors with a place, failed gates
// and warnings. GitLab knows no such commands; there each stage whose workers ran becomes a section of the
// log, closed at first, that holds the end of the stage's own log.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.hpp"
#include "core/run/events.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

enum class Annotations { none, github, gitlab };

/// What --annotations stands for: "auto" is github where GITHUB_ACTIONS is true, gitlab where GITLAB_CI is,
/// else none.
Annotations annotations_from(const std::string& asked);

/// The workflow command for `error`. Its place is the FILE:LINE:COLUMN in `error.where`, else `place`; a file
/// that does not exist is left out. Paths count from GITHUB_WORKSPACE.
std::string github_command(std::string_view level, const Error& error, const std::string& place = {});

/// A section of GitLab's log, closed at first; times are Unix seconds.
std::string gitlab_section(const std::string& name, const std::string& header, const std::string& body,
                           std::int64_t start_s, std::int64_t end_s);

/// Writes the mark for an error, where errors get one.
void annotate_error(Annotations style, const Error& error, const std::string& place = {});

/// What marks warnings and stages as a run goes on; nothing for none.
run::Events::Sink annotation_sink(Annotations style);

}  // namespace mtc::cli
