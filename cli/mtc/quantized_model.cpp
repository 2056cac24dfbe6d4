// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/quantized_model.hpp"

#include <string>

#include "core/base/file.hpp"

namespace mtc::cli {

Result<bool> is_quantized(const std::filesystem::path& model) {
  MTC_ASSIGN(const auto content, read_file(model));
  return content.find("QuantizeLinear") != std::string::npos;
}

}  // namespace mtc::cli
