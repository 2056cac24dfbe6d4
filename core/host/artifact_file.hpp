// SPDX-License-Identifier: Apache-2.0
//
// artifact.toml: what an artifact is, for people and for tools.
//
//   target = "cpu.portable"
//   plugin = "cpu"
//   entry = "model.so"
//   scheme = "qdq.u8s8.per-channel/1"     # and other properties that compile set
//   source = "<sha256 of the model>"
//   batch = 1                             # 0 = any
//   [[input]]
//   name = "input"
//   type = "float32"
//   shape = [1, 3, 32, 32]                # -1 = any extent
//   scale = 0.0                           # 0 = not quantized
//   zero_point = 0
//   [[output]] …
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/host/session.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

struct ArtifactInfo {
  std::string target;
  std::string plugin;
  std::string source;
  std::int64_t batch = 0;
  std::map<std::string, std::string> properties;  ///< `entry` among them.
  std::vector<Io> inputs;
  std::vector<Io> outputs;
};

/// The text of artifact.toml.
std::string artifact_toml(const ArtifactInfo& info);

/// The string value of a key above the tables of an artifact.toml that artifact_toml() made; "" when absent.
std::string artifact_property(const std::string& text, const std::string& key);

/// What a device has to hold: the bytes of the artifact's entry file; of a folder without one all its files;
/// of a model file itself. Errors: not_found.
Result<std::uint64_t> artifact_bytes(const std::string& path);

}  // namespace mtc::host
