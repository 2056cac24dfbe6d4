// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/array_writer.hpp"

#include "mtc/npy.hpp"

namespace mtc::data {

namespace {

Error disk_error(const std::string& path) {
  return Error{Code::resource_exhausted, "cannot write the array", path, "check free space and permissions"};
}

}  // namespace

Result<ArrayWriter> ArrayWriter::create(const std::string& path, mtc_dtype dtype,
                                        std::span<const std::int64_t> shape) {
  const npy::Header header{dtype, {shape.begin(), shape.end()}, 0};
  ArrayWriter writer(path, header.bytes());
  writer.stream_.open(path, std::ios::binary);
  writer.stream_ << npy::format_header(dtype, shape);
  if (!writer.stream_) return disk_error(path);
  return writer;
}

Result<void> ArrayWriter::append(std::span<const std::byte> bytes) {
  stream_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  missing_ -= bytes.size();
  if (!stream_) return disk_error(path_);
  return {};
}

Result<void> ArrayWriter::close() {
  stream_.close();
  if (!stream_) return disk_error(path_);
  if (missing_ == 0) return {};
  return Error{Code::internal, "the array does not have the size of its header", path_, {}, false, true};
}

}  // namespace mtc::data
