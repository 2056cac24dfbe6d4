// SPDX-License-Identifier: Apache-2.0
//
// Result<T>: the value of a function that can fail, or an Error that says what, where and what to do.
//
//   Result<int> parse(std::string_view text);
//   MTC_ASSIGN(const int n, parse(text));        // returns the error to the caller
//   MTC_TRY(store.put(n));                       // the same for Result<void>
//   MTC_TRY(store.put(n).context("while saving the plan"));
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "mtc/plugin.h"

namespace mtc {

/// Canonical codes; the numbers are those of plugin.h.
enum class Code : std::int32_t {
  cancelled = MTC_CANCELLED,
  unknown = MTC_UNKNOWN,
  invalid_argument = MTC_INVALID_ARGUMENT,
  deadline_exceeded = MTC_DEADLINE_EXCEEDED,
  not_found = MTC_NOT_FOUND,
  already_exists = MTC_ALREADY_EXISTS,
  permission_denied = MTC_PERMISSION_DENIED,
  resource_exhausted = MTC_RESOURCE_EXHAUSTED,
  failed_precondition = MTC_FAILED_PRECONDITION,
  aborted = MTC_ABORTED,
  out_of_range = MTC_OUT_OF_RANGE,
  unimplemented = MTC_UNIMPLEMENTED,
  internal = MTC_INTERNAL,
  unavailable = MTC_UNAVAILABLE,
  data_loss = MTC_DATA_LOSS,
};

struct Error {
  Code code = Code::unknown;
  std::string message;        ///< What is wrong: "params.bits is 9".
  std::string where;          ///< File:line:column, stage, node, tensor or parameter; may be empty.
  std::string hint;           ///< What to do: "use 2..8"; may be empty.
  bool retryable = false;     ///< The same call may succeed later.
  bool plugin_fault = false;  ///< A bug of a plugin, not the user's input or the environment.
};

/// A T, or an Error. Check with operator bool before reading either.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  /// Appends to the error's message what the caller was doing.
  Result context(const std::string& doing) && {
    if (!*this) error().message += " (" + doing + ")";
    return std::move(*this);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return state_.index() == 0; }
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  /// Appends to the error's message what the caller was doing.
  Result context(const std::string& doing) && {
    if (!*this) error().message += " (" + doing + ")";
    return std::move(*this);
  }

 private:
  std::variant<std::monostate, Error> state_;
};

}  // namespace mtc

#define MTC_RESULT_CONCAT_(a, b) a##b
#define MTC_RESULT_CONCAT(a, b) MTC_RESULT_CONCAT_(a, b)

/// Returns the error of `expression` (a Result) to the caller, else goes on.
#define MTC_TRY(...)                                                                                    \
  do {                                                                                                  \
    if (auto mtc_try_result = (__VA_ARGS__); !mtc_try_result) return std::move(mtc_try_result).error(); \
  } while (false)

#define MTC_ASSIGN_(temporary, declaration, ...)       \
  auto temporary = (__VA_ARGS__);                      \
  if (!temporary) return std::move(temporary).error(); \
  declaration = *std::move(temporary)  // NOLINT: a declaration cannot stand in parentheses

/// Declares or assigns `declaration` from a Result, or returns its error to the caller.
#define MTC_ASSIGN(declaration, ...) \
  MTC_ASSIGN_(MTC_RESULT_CONCAT(mtc_assign_, __LINE__), declaration, __VA_ARGS__)
