// SPDX-License-Identifier: Apache-2.0
#include "core/remote/uploader.hpp"

#include <fcntl.h>

#include <cerrno>

#include "core/base/file.hpp"
#include "core/remote/entry.hpp"

namespace mtc::remote {
namespace {

/// Not durably: whatever a crash leaves of it is removed.
Result<void> write_scratch(const std::filesystem::path& file, std::string_view text) {
  const Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return errno_error(errno, "cannot write", file);
  return write_all(fd.get(), text, file);
}

}  // namespace

Result<void> Uploader::add(Transport& transport, std::string_view document,
                           const store::ActionResult& result) {
  Job job;
  MTC_ASSIGN(job.staging, store_.stage());
  if (auto prepared = prepare(job, document, result); !prepared) {
    store_.discard(job.staging);
    return prepared;
  }
  {
    const std::lock_guard guard(mutex_);
    waiting_.push_back(std::move(job));
  }
  pump(transport);
  return {};
}

Result<void> Uploader::prepare(Job& job, std::string_view document, const store::ActionResult& result) {
  const Digest key = digest_of(document);
  MTC_ASSIGN(auto blobs, blobs_of(result, store_));
  blobs.insert(blobs.begin(), {{"action.document", key, document.size(), false}, job.staging / "document"});
  const std::string body = entry_body(key, result, blobs);
  MTC_TRY(write_scratch(job.staging / "document", document));
  MTC_TRY(write_scratch(job.staging / "entry", body));
  for (const auto& blob : blobs) job.blobs.push_back({blob.file.digest, blob.path, blob.file.bytes});
  job.entry = {key, job.staging / "entry", body.size()};
  return {};
}

void Uploader::pump(Transport& transport) {
  while (true) {
    Job job;
    {
      const std::lock_guard guard(mutex_);
      if (waiting_.empty() || in_flight_ >= kInFlight) break;
      job = std::move(waiting_.front());
      waiting_.pop_front();
      ++in_flight_;
    }
    const auto ended = [this, staging = job.staging] {
      store_.discard(staging);
      const std::lock_guard guard(mutex_);
      --in_flight_;
      changed_.notify_all();
    };
    if (!health_.allow(Health::Way::up)) {
      ended();
      continue;
    }
    transport.store(job.blobs, job.entry, [this, &transport, ended](const Reply& reply) {
      health_.report(Health::Way::up, reply);
      if (reply.kind == Reply::Kind::done) health_.uploaded();
      ended();
      pump(transport);
    });
  }
}

std::size_t Uploader::pending() const {
  const std::lock_guard guard(mutex_);
  return waiting_.size() + in_flight_;
}

bool Uploader::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return waiting_.empty() && in_flight_ == 0; });
}

}  // namespace mtc::remote
