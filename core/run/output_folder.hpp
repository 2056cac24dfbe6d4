// SPDX-License-Identifier: Apache-2.0
//
// Where a run lays out its outputs for people, and whether that can be written at all.
#pragma once

#include <filesystem>
#include <string>

#include "core/pipeline/plan.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// A file name for any text: letters, digits and - _ = . [ ] , are kept, the rest becomes '_'. Where that, or
/// a length above 200, loses something, '-' and the first 8 digits of the text's digest follow: different
/// texts get different names.
std::string file_name(const std::string& text);

/// OUT/<stage>[/<axis=value>…]: the folder of a variant's outputs.
std::filesystem::path output_folder(const std::filesystem::path& out, const pipeline::Variant& variant);

/// Whether `folder`, with what is missing above it, could be made and written to. Nothing is made. Errors:
/// invalid_argument, naming the folder or file that is in the way; `hint` ends with how to choose another
/// place.
Result<void> check_can_write(const std::filesystem::path& folder, const std::string& choose_another);

/// The same for the folders of all variants of `plan`.
Result<void> check_outputs(const pipeline::Plan& plan, const std::filesystem::path& out);

}  // namespace mtc::run
