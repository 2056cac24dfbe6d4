// SPDX-License-Identifier: Apache-2.0
//
// What runs under the tests of faults: pipelines that write much, and what came of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace mtc::test {

/// Four stages of the plugin `pieces`, two of which can run side by side: 1/16 MiB each for every one of
/// `pieces`, written with a rest of `pace_us` after each, and half as much in folders. All bytes follow from
/// `seed`.
std::string pieces_pipeline(std::uint64_t seed, int pieces, int pace_us = 0);

/// Drawn images, a model, pruned and compiled by the C compiler, and scored; the bytes follow from `seed`.
std::string compiling_pipeline(std::uint64_t seed);

/// {path below `folder` → SHA-256} of every file.
std::map<std::string, std::string> digests_below(const std::filesystem::path& folder);

/// Regular files with content below `folder`; 0 when it does not exist.
std::size_t filled_files_below(const std::filesystem::path& folder);

}  // namespace mtc::test
