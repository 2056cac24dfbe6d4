// SPDX-License-Identifier: Apache-2.0
//
// ONNX's own backend tests: each holds a model, inputs and the outputs that the standard asks for. Every test
// whose operators are in the table must pass; the others are counted.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include <gtest/gtest.h>

#include "plugins/support/autograd/executor.hpp"
#include "plugins/support/onnx/constant_evaluation.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::autograd {
namespace {

namespace fs = std::filesystem;

const fs::path kData = "/usr/share/libonnx-testdata/data";

template <class Message>
bool read(const fs::path& file, Message& message) {
  std::ifstream stream(file, std::ios::binary);
  return stream && message.ParseFromIstream(&stream);
}

/// Tensors `prefix`_0.pb, `prefix`_1.pb …; false where one is no plain tensor (a sequence, strings).
bool read_all(const fs::path& folder, const std::string& prefix, std::vector<onnx::TensorProto>& tensors) {
  for (int i = 0;; ++i) {
    const fs::path file = folder / (prefix + "_" + std::to_string(i) + ".pb");
    if (!fs::exists(file)) return true;
    onnx::TensorProto tensor;
    if (!read(file, tensor) || !model::constant_value(tensor)) return false;
    tensors.push_back(std::move(tensor));
  }
}

HostTensor to_host(const onnx::TensorProto& tensor) {
  const auto value = *model::constant_value(tensor);
  HostTensor host{model::abi_type(value.type), value.shape, {}};
  const auto bytes = std::as_bytes(std::span(value.bytes));
  host.data.assign(bytes.begin(), bytes.end());
  return host;
}

/// What differs, or "".
std::string difference(const HostTensor& actual, const onnx::TensorProto& expected) {
  const mtc_dtype type = model::abi_type(expected.data_type());
  if (actual.dtype.kind != type.kind || actual.dtype.bits != type.bits) return "another element type";
  if (!std::equal(actual.shape.begin(), actual.shape.end(), expected.dims().begin(), expected.dims().end())) {
    return "another shape";
  }
  const HostTensor wanted = to_host(expected);
  if (type.kind != MTC_KIND_FLOAT) return actual.data == wanted.data ? "" : "other integers";
  onnx::TensorProto proto = expected;
  proto.set_raw_data(std::string(reinterpret_cast<const char*>(actual.data.data()), actual.data.size()));
  const auto got = *model::values<double>(proto);
  proto.set_raw_data(std::string(reinterpret_cast<const char*>(wanted.data.data()), wanted.data.size()));
  const auto want = *model::values<double>(proto);
  for (std::size_t i = 0; i < want.size(); ++i) {
    const bool same = got[i] == want[i] || (std::isnan(got[i]) && std::isnan(want[i]));
    if (!same && !(std::abs(got[i] - want[i]) <= 1e-5 + 1e-3 * std::abs(want[i]))) {
      return "element " + std::to_string(i) + " is " + std::to_string(got[i]) + ", the standard has " +
             std::to_string(want[i]);
    }
  }
  return "";
}

/// Tests that contradict the text of Resize-13, which counts whole output elements (as ONNX Runtime does
/// too); their outputs were computed with a fractional output extent.
const std::set<std::string> kContradictory{"test_resize_downsample_scales_cubic_align_corners",
                                           "test_resize_downsample_scales_linear_align_corners"};

enum class Outcome { passed, failed, skipped };

Outcome run_case(const fs::path& folder, const onnx::ModelProto& model) {
  auto executor = Executor::create(model, {});
  if (!executor) {
    if (executor.error().code == Code::unimplemented) return Outcome::skipped;
    ADD_FAILURE() << folder << ": " << executor.error().message << " at " << executor.error().where;
    return Outcome::failed;
  }
  std::vector<onnx::TensorProto> inputs;
  std::vector<onnx::TensorProto> expected;
  const fs::path data = folder / "test_data_set_0";
  if (!read_all(data, "input", inputs) || !read_all(data, "output", expected)) return Outcome::skipped;
  for (std::size_t i = 0; i < expected.size(); ++i) {  // Data that contradicts its own model says nothing.
    const auto& type = model.graph().output(static_cast<int>(i)).type();
    if (type.tensor_type().elem_type() != expected[i].data_type()) return Outcome::skipped;
  }
  std::vector<HostTensor> given;
  for (const auto& input : inputs) given.push_back(to_host(input));
  const auto outputs = executor->run(given);
  if (!outputs) {
    if (outputs.error().code == Code::unimplemented) return Outcome::skipped;
    ADD_FAILURE() << folder << ": " << outputs.error().message << " at " << outputs.error().where;
    return Outcome::failed;
  }
  bool same = outputs->size() == expected.size();
  for (std::size_t i = 0; same && i < expected.size(); ++i) {
    const std::string what = difference((*outputs)[i], expected[i]);
    same = what.empty();
    EXPECT_EQ(what, "") << folder << ", output " << i;
  }
  return same ? Outcome::passed : Outcome::failed;
}

class NodeTest : public testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(NodeTest, every_test_of_a_known_operator_gives_the_outputs_of_the_standard) {
  const auto [suite, at_least] = GetParam();
  if (!fs::exists(kData / suite)) GTEST_SKIP() << "no ONNX test data (libonnx-testdata) at " << kData / suite;
  std::set<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(kData / suite)) folders.insert(entry.path());
  int counts[3] = {0, 0, 0};
  std::set<std::string> skipped;
  for (const auto& folder : folders) {
    onnx::ModelProto model;
    if (kContradictory.contains(folder.filename()) || !read(folder / "model.onnx", model)) continue;
    const Outcome outcome = run_case(folder, model);
    ++counts[static_cast<int>(outcome)];
    if (outcome == Outcome::skipped) {
      for (const auto& node : model.graph().node()) skipped.insert(node.op_type());
    }
  }
  std::cout << suite << ": " << counts[0] << " passed, " << counts[1] << " failed, " << counts[2]
            << " skipped for operators, types or cases outside the table\n  of:";
  for (const auto& op : skipped) std::cout << " " << op;
  std::cout << "\n";
  EXPECT_GE(counts[0], at_least);
}

INSTANTIATE_TEST_SUITE_P(suites, NodeTest,
                         testing::Values(std::pair{"node", 549}, std::pair{"simple", 5},
                                         std::pair{"pytorch-converted", 59},
                                         std::pair{"pytorch-operator", 21}),
                         [](const auto& suite) {
                           std::string name = suite.param.first;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mtc::autograd
