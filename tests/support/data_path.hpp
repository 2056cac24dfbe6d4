// SPDX-License-Identifier: Apache-2.0
//
// Real models and datasets, which live outside the project: $MTC_DATA, by default ../shared/data from its
// root.
#pragma once

#include <filesystem>
#include <string>

namespace mtc::test {

/// Path of `name` (such as "models/resnet20_cifar10.onnx") in the data folder; empty when it is absent.
std::filesystem::path data_path(const std::string& name);

}  // namespace mtc::test

/// Declares `variable` as the path of `name`, or skips the running test with a message that names the file.
#define MTC_REQUIRE_DATA(variable, name)                             \
  const std::filesystem::path variable = mtc::test::data_path(name); \
  if (variable.empty()) GTEST_SKIP() << "no " << (name) << " under MTC_DATA (default ../shared/data)"
