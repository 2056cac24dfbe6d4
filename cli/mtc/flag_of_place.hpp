// SPDX-License-Identifier: Apache-2.0
//
// Places in the pipeline that a command wrote for itself → the flags of the command, for messages.
#pragma once

#include <string>

#include "mtc/result.hpp"

namespace mtc::cli {

/// What such a pipeline is called where it is parsed: places in it are "command line:LINE:COLUMN".
inline constexpr const char* kCommandLine = "command line";

/// `error` with such a place in `text` replaced by the flag ("--target") or the argument ("model") that the
/// line comes from, or by the stage where it comes from none. Other places stay.
Error at_flag(Error error, const std::string& text);

}  // namespace mtc::cli
