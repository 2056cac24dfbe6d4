// SPDX-License-Identifier: Apache-2.0
//
// The text that says what a checkpoint consists of (checkpoint_folder.hpp). Internal to core/base.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/file_system.hpp"
#include "mtc/result.hpp"

namespace mtc {

struct CheckpointSeal {
  std::string text;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// Reads all that lies in `folder`. Errors: invalid_argument for symbolic links, devices and line breaks; as
/// errno_error().
Result<CheckpointSeal> seal_of(const std::filesystem::path& folder, std::string_view label);

/// The label in the text of a seal. Errors: data_loss; failed_precondition for another format.
Result<std::string> label_in(std::string_view seal);

/// Makes the files and folders below `folder`, and itself, outlast a power cut.
Result<void> sync_below(const std::filesystem::path& folder, FileSystem& file_system);

}  // namespace mtc
