// SPDX-License-Identifier: Apache-2.0
#include "core/run/events.hpp"

#include <unistd.h>

#include <fstream>
#include <string_view>
#include <utility>

namespace mtc::run {

Events::Events() : start_(std::chrono::steady_clock::now()) {}

void Events::add(Sink sink) { sinks_.push_back(std::move(sink)); }

void Events::emit(const std::string& type, Json fields) {
  const std::lock_guard guard(mutex_);
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  fields["schema"] = "mtc.events/1";
  fields["type"] = type;
  fields["seq"] = sequence_++;
  fields["time_ms"] = duration_cast<milliseconds>(std::chrono::steady_clock::now() - start_).count();
  for (const auto& sink : sinks_) sink(fields);
}

Result<Events::Sink> file_sink(const std::filesystem::path& file) {
  auto stream = std::make_shared<std::ofstream>(file, std::ios::app);  // Shared by the copies of the sink.
  if (!*stream)
    return Error{Code::permission_denied, "cannot write events", file.string(), "check the folder"};
  return Events::Sink([stream](const Json& event) {
    *stream << event.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
  });
}

Events::Sink descriptor_sink(int descriptor) {
  return [descriptor](const Json& event) {
    const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    for (std::string_view rest = line; !rest.empty();) {
      const auto written = write(descriptor, rest.data(), rest.size());
      if (written <= 0) return;  // A reader that went away loses events; the run goes on.
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  };
}

}  // namespace mtc::run
