// SPDX-License-Identifier: Apache-2.0
#include "core/data/array_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

namespace mtc::data {
namespace {

Error open_error(const std::string& path) {
  const int code = errno;
  return Error{code == EACCES ? Code::permission_denied : Code::not_found,
               std::string("cannot open the array: ") + std::strerror(code), path, "check the path"};
}

/// Maps the whole file read-only.
Result<std::span<const std::byte>> map_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return open_error(path);
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) {
    const Error error = open_error(path);
    ::close(descriptor);
    return error;
  }
  if (!S_ISREG(info.st_mode) || info.st_size == 0) {
    ::close(descriptor);
    return Error{Code::data_loss,
                 info.st_size == 0 ? "the array file is empty" : "the array is not a regular file", path,
                 "give a .npy file"};
  }
  const auto bytes = static_cast<std::size_t>(info.st_size);
  void* address = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
  const int code = errno;
  ::close(descriptor);
  if (address == MAP_FAILED) {
    return Error{Code::resource_exhausted, std::string("cannot map the array: ") + std::strerror(code), path,
                 "free memory"};
  }
  return std::span(static_cast<const std::byte*>(address), bytes);
}

/// Bytes of a dense array, or nothing when the number does not fit.
bool array_bytes(const npy::Header& header, std::size_t& bytes) {
  bytes = header.dtype.bits / 8U;
  for (const auto extent : header.shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::size_t>(extent), &bytes)) return false;
  }
  return true;
}

}  // namespace

ArrayFile::ArrayFile(std::string path, std::span<const std::byte> mapping)
    : path_(std::move(path)), mapping_(mapping) {}

ArrayFile::ArrayFile(ArrayFile&& other) noexcept
    : path_(std::move(other.path_)),
      header_(std::move(other.header_)),
      mapping_(std::exchange(other.mapping_, {})),
      row_bytes_(other.row_bytes_) {}

ArrayFile& ArrayFile::operator=(ArrayFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(header_, other.header_);
  std::swap(mapping_, other.mapping_);
  std::swap(row_bytes_, other.row_bytes_);
  return *this;
}

ArrayFile::~ArrayFile() {
  if (mapping_.empty()) return;
  // munmap takes the address without const; the bytes are not written.
  ::munmap(const_cast<std::byte*>(mapping_.data()), mapping_.size());  // NOLINT
}

Result<ArrayFile> ArrayFile::open(const std::string& path) {
  MTC_ASSIGN(const auto mapping, map_file(path));
  ArrayFile file(path, mapping);
  auto header = npy::parse_header(mapping);
  if (!header) {
    header.error().where = path;
    return header.error();
  }
  file.header_ = *std::move(header);
  if (file.header_.shape.empty()) {
    return Error{Code::invalid_argument, "the array has no axes", path,
                 "give an array of shape [samples, ...]"};
  }
  std::size_t bytes = 0;
  if (!array_bytes(file.header_, bytes) || mapping.size() - file.header_.data_offset < bytes) {
    return Error{Code::data_loss,
                 "the array is truncated: " + describe(file.header_.dtype, file.header_.shape) +
                     " does not fit in " + std::to_string(mapping.size()) + " bytes",
                 path, "write the file again"};
  }
  file.row_bytes_ = file.rows() == 0 ? 0 : bytes / file.rows();
  return file;
}

std::span<const std::byte> ArrayFile::row(std::size_t index) const {
  return mapping_.subspan(header_.data_offset + index * row_bytes_, row_bytes_);
}

Result<ConcatenatedArray> ConcatenatedArray::open(const std::vector<std::string>& paths) {
  ConcatenatedArray all;
  for (const auto& path : paths) {
    MTC_ASSIGN(auto file, ArrayFile::open(path));
    if (!all.files_.empty()) {
      const auto& first = all.files_.front();
      const auto& a = first.header();
      const auto& b = file.header();
      const bool same_rows =
          std::equal(a.shape.begin() + 1, a.shape.end(), b.shape.begin() + 1, b.shape.end());
      if (!same_rows || !npy::same_type(a.dtype, b.dtype)) {
        return Error{Code::invalid_argument,
                     "arrays of one dataset differ: " + describe(b.dtype, b.shape) + ", but " + first.path() +
                         " is " + describe(a.dtype, a.shape),
                     path, "give files of one element type and sample shape"};
      }
    }
    all.starts_.push_back(all.starts_.back() + file.rows());
    all.files_.push_back(std::move(file));
  }
  return all;
}

std::vector<std::int64_t> ConcatenatedArray::row_shape() const {
  const auto& shape = files_.front().header().shape;
  return {shape.begin() + 1, shape.end()};
}

std::size_t ConcatenatedArray::file_index(std::size_t row) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), row);
  return static_cast<std::size_t>(after - starts_.begin()) - 1;
}

std::span<const std::byte> ConcatenatedArray::row(std::size_t index) const {
  const std::size_t file = file_index(index);
  return files_[file].row(index - starts_[file]);
}

const std::string& ConcatenatedArray::file_of(std::size_t index) const {
  return files_[file_index(index)].path();
}

std::string type_text(mtc_dtype dtype) {
  if (dtype.format == MTC_FORMAT_BFLOAT) return "bfloat" + std::to_string(dtype.bits);
  if (dtype.format == MTC_FORMAT_E4M3FN) return "float8e4m3fn";
  if (dtype.format == MTC_FORMAT_E5M2) return "float8e5m2";
  switch (dtype.kind) {
    case MTC_KIND_UINT:
      return "uint" + std::to_string(dtype.bits);
    case MTC_KIND_INT:
      return "int" + std::to_string(dtype.bits);
    case MTC_KIND_FLOAT:
      return "float" + std::to_string(dtype.bits);
    case MTC_KIND_BOOL:
      return "bool";
    default:
      return "kind" + std::to_string(dtype.kind) + "x" + std::to_string(dtype.bits);
  }
}

std::string describe(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const auto extent : shape) {
    if (text.size() > 1) text += ", ";
    text += extent < 0 ? std::string("?") : std::to_string(extent);
  }
  text += ']';
  return text;
}

std::string describe(mtc_dtype dtype, std::span<const std::int64_t> shape) {
  std::string text = type_text(dtype);
  text += ' ';
  text += describe(shape);
  return text;
}

}  // namespace mtc::data
