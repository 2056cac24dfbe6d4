// SPDX-License-Identifier: Apache-2.0
#include "core/host/npy_writer.hpp"

#include "core/host/tensor.hpp"
#include "mtc/npy.hpp"

namespace mtc::host {

Result<NpyWriter> NpyWriter::create(const std::string& path, const std::vector<std::int64_t>& shape) {
  NpyWriter writer;
  writer.path_ = path;
  writer.left_ = element_count(shape);
  writer.stream_.open(path, std::ios::binary);
  const std::string header = npy::format_header(mtc_dtype{MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE}, shape);
  writer.stream_.write(header.data(), static_cast<std::streamsize>(header.size()));
  if (!writer.stream_)
    return Error{Code::resource_exhausted, "cannot write the array", path, "check free space"};
  return writer;
}

void NpyWriter::append(std::span<const float> values) {
  left_ -= values.size();
  stream_.write(reinterpret_cast<const char*>(values.data()),
                static_cast<std::streamsize>(values.size_bytes()));
}

Result<void> NpyWriter::finish() {
  stream_.flush();
  if (!stream_) return Error{Code::resource_exhausted, "cannot write the array", path_, "check free space"};
  if (left_ != 0) return Error{Code::internal, "the array is not complete", path_, "report this"};
  return {};
}

}  // namespace mtc::host
