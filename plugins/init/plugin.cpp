// SPDX-License-Identifier: Apache-2.0
//
// Stage train.init: parameters in, an untrained model out. Apart from plugin train, which loads libtorch.
#include "mtc/plugin.hpp"

#include <string>

#include "plugins/init/residual_cnn.hpp"
#include "plugins/support/onnx/model.hpp"

namespace {

using mtc::Result;

Result<mtc::init::ResidualCnn> read_network(const mtc::sdk::Host& host) {
  mtc::init::ResidualCnn network;
  MTC_ASSIGN(network.classes, host.integer("classes"));
  for (std::size_t i = 0; i < 3; ++i) {
    MTC_ASSIGN(network.input_shape[i], host.integer("input_shape", i));
  }
  if (host.integer("input_shape", 3)) {
    return mtc::Error{mtc::Code::invalid_argument, "input_shape has more than 3 values", "input_shape",
                      "give channels, height and width: [3, 32, 32]"};
  }
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
