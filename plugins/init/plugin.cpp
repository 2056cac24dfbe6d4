// SPDX-License-Identifier: Apache-2.0
//
// Stage train.init: parameters in, an untrained model out. Apart from plugin train, which loads libtorch.
#include "mtc/plugin.hpp"

#include <algorithm>
#include <string>

#include "plugins/init/residual_cnn.hpp"
#include "plugins/support/onnx/model.hpp"

namespace {

using mtc::Result;

Result<mtc::init::ResidualCnn> read_network(const mtc::sdk::Host& host) {
  mtc::init::ResidualCnn network;
  MTC_ASSIGN(network.classes, host.integer("classes"));
  MTC_ASSIGN(const auto shape, host.integers("input_shape"));
  if (shape.size() != network.input_shape.size()) {
    return mtc::Error{mtc::Code::invalid_argument,
                      "input_shape has " + std::to_string(shape.size()) + " values, not 3", "input_shape",
                      "give channels, height and width: [3, 32, 32]"};
  }
  std::ranges::copy(shape, network.input_shape.begin());
  MTC_ASSIGN(network.width, host.integer("width"));
  MTC_ASSIGN(network.stages, host.integer("stages"));
  MTC_ASSIGN(network.blocks, host.integer("blocks"));
  MTC_ASSIGN(network.stem_stride, host.integer("stem_stride"));
  MTC_ASSIGN(const std::int64_t seed, host.integer("seed"));
  network.seed = static_cast<std::uint64_t>(seed);
  return network;
}

Result<void> run(mtc::sdk::Host& host, std::string_view /*stage*/) {
  MTC_ASSIGN(const auto network, read_network(host));
  MTC_ASSIGN(const auto model, mtc::init::build(network));
  MTC_ASSIGN(const std::string path, host.output("model"));
  return mtc::model::save(model, path);
}

}  // namespace

MTC_STAGE_PLUGIN(run)
