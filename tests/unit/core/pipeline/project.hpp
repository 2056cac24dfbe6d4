// SPDX-License-Identifier: Apache-2.0
//
// A project in a private folder: plugins that are manifests alone, targets, a model and data, and plans of
// pipeline files in it.
#pragma once

#include <string>
#include <vector>

#include "core/pipeline/plan.hpp"
#include "core/plugin/registry.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::test {

class Project {
 public:
  Project();

  [[nodiscard]] const TempDir& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path plugins() const { return folder_ / "plugins"; }
  /// Adds keys to [[target]] of the plugin `chip`.
  void declare_chip(const std::string& keys);
  /// Reads the plugins anew, after a change to them. Plans made before must not be used any more.
  void rescan();

  /// The plan of a pipeline file; `text` goes without the line `mtc = 1`.
  [[nodiscard]] Result<pipeline::Plan> try_plan(const std::string& text) const;
  /// The same; an error fails the test and gives an empty plan.
  [[nodiscard]] pipeline::Plan plan(const std::string& text) const;
  /// The error of a pipeline that must not plan.
  [[nodiscard]] Error error(const std::string& text) const;

 private:
  TempDir folder_;
  plugin::Registry registry_;
};

/// Names of the variants, in order.
std::vector<std::string> variant_names(const pipeline::Plan& plan);

/// The content of model.onnx: a ModelProto with a producer and no graph.
extern const char* const kModelBytes;

/// [model] and [data.train], the start of most pipelines.
extern const char* const kModelAndData;

}  // namespace mtc::test
