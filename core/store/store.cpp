// SPDX-License-Identifier: Apache-2.0
//
// Opening a store, staging outputs, taking them in, and publishing results.
#include "core/store/store.hpp"

#include "core/base/boot.hpp"
#include "core/base/text.hpp"
#include "core/store/file_digests.hpp"
#include "core/store/result_json.hpp"
#include "core/store/state.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kLayoutVersion = 1;
constexpr std::string_view kLayoutName = "mtc-store ";

Error no_store(const Layout& layout, const std::string& why) {
  return {Code::failed_precondition, "this folder is not a store of mtc" + why, layout.root().string(),
          "choose another folder for the store (MTC_STORE)"};
}

/// Refuses a folder of somebody else: clear() would empty it. A store writes its version before anything but
/// its lock, so what has other content and then still no version is none.
Result<void> check_not_foreign(const Layout& layout) {
  std::string other;
  std::error_code error;
  for (fs::directory_iterator at(layout.root(), error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool of_an_opening = name.starts_with(layout.version().filename().string()) ||
                               at->path().filename() == layout.lock().filename();
    if (!of_an_opening) other = name;
  }
  if (error) return errno_error(error.value(), "cannot list", layout.root());
  if (other.empty() || fs::exists(layout.version(), error)) return {};
  return no_store(layout, ": it holds '" + other + "'");
}

/// Reads the version of the layout, or writes it into a new store.
Result<void> check_layout(const Layout& layout) {
  const auto text = read_file(layout.version());
  if (!text && text.error().code == Code::not_found)
    return write_file_atomic(layout.version(),
                             std::string(kLayoutName) + std::to_string(kLayoutVersion) + "\n");
  if (!text) return text.error();
  const bool ours = text->rfind(kLayoutName, 0) == 0;
  const auto version =
      ours ? parse_integer(trim(std::string_view(*text).substr(kLayoutName.size()))) : std::nullopt;
  if (!version) return no_store(layout, "");
  if (*version != kLayoutVersion)
    return Error{Code::failed_precondition,
                 "the store has layout " + std::to_string(*version) + ", this mtc knows layout " +
                     std::to_string(kLayoutVersion),
                 layout.root().string(), "use the newer mtc, or another folder for the store (MTC_STORE)"};
  return {};
}

/// Reads a file that may be absent.
Result<std::optional<std::string>> read_if_present(const fs::path& file) {
  auto text = read_file(file);
  if (text) return std::optional<std::string>(*std::move(text));
  if (text.error().code == Code::not_found) return std::optional<std::string>();
  return std::move(text).error();
}

}  // namespace

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const fs::path& root) { return open(root, Seams()); }

Result<Store> Store::open(const fs::path& root, Seams seams) {
  if (seams.file_system == nullptr) seams.file_system = &FileSystem::real();
  if (seams.clock == nullptr) seams.clock = &Clock::real();
  if (seams.boot.empty()) seams.boot = boot_id();
  MTC_TRY(make_directories(root).context("opening the store"));
  std::error_code error;
  const fs::path absolute = fs::canonical(root, error);
  if (error) return errno_error(error.value(), "cannot open the store", root);
  const Layout layout(absolute);
  MTC_TRY(check_not_foreign(layout));
  MTC_ASSIGN(std::optional<FileLock> lock, FileLock::try_lock(layout.lock(), FileLock::Mode::shared));
  if (!lock)
    return Error{Code::unavailable, "the store is being cleared", root.string(),
                 "try again when that is done", true};
  MTC_TRY(check_layout(layout));
  return Store(std::make_unique<State>(absolute, std::move(*lock), seams));
}

const fs::path& Store::root() const { return state_->layout.root(); }

Result<Digest> Store::file_digest(const fs::path& file) {
  return digest_by_stat(file, state_->stats, state_->clock);
}

Result<std::optional<ActionResult>> Store::find(const Digest& key) {
  MTC_TRY(state_->lease.use({{Use::Kind::key, key}}));
  const fs::path file = state_->layout.result(key);
  auto text = read_file(file);
  if (!text && text.error().code == Code::not_found) return std::optional<ActionResult>();
  if (!text && text.error().code == Code::resource_exhausted) return std::move(text).error();
  auto result = text ? result_from_json(key, *text) : Result<ActionResult>(text.error());
  bool whole = static_cast<bool>(result);
  for (std::size_t i = 0; whole && i < result->outputs.size(); ++i)
    whole = state_->present(result->outputs[i]);
  if (whole) return std::optional<ActionResult>(*std::move(result));
  state_->quarantine.put(file);
  return std::optional<ActionResult>();
}

Result<fs::path> Store::stage() { return state_->session.take_folder(state_->layout.tmp()); }

void Store::discard(const fs::path& staging) { state_->session.give_back(staging); }

Result<std::vector<StoredOutput>> Store::add(const fs::path& staging,
                                             const std::vector<std::pair<std::string, fs::path>>& outputs) {
  // Everything is prepared before anything is taken in: a full disk leaves nothing behind in cas/.
  std::vector<StoredOutput> stored;
  std::vector<PreparedBlob> blobs;
  for (const auto& [name, path] : outputs) {
    const fs::path staged = path.is_absolute() ? path : staging / path;
    StoredOutput output;
    output.name = name;
    std::error_code error;
    output.folder = fs::is_directory(fs::symlink_status(staged, error));
    if (output.folder) {
      const fs::path listing = staging / (".listing-" + std::to_string(stored.size()));
      MTC_ASSIGN(PreparedTree tree, state_->trees.prepare(staged, listing));
      output.digest = tree.digest;
      output.bytes = tree.bytes;
      for (PreparedBlob& blob : tree.blobs) blobs.push_back(std::move(blob));
    } else {
      MTC_ASSIGN(PreparedBlob blob, state_->blobs.prepare(staged));
      output.digest = blob.digest;
      output.bytes = blob.bytes;
      blobs.push_back(std::move(blob));
    }
    stored.push_back(std::move(output));
  }
  // Said before those that are there already are looked for.
  std::vector<Use> uses;
  uses.reserve(blobs.size());
  for (const PreparedBlob& blob : blobs) uses.push_back({Use::Kind::blob, blob.digest});
  MTC_TRY(state_->lease.use(uses));
  MTC_ASSIGN(const std::uint64_t taken, state_->blobs.take_in(blobs));
  state_->size.add(taken);
  return stored;
}

Result<void> Store::publish(std::string_view document, const ActionResult& result) {
  for (const StoredOutput& output : result.outputs) {
    if (!state_->present(output))
      return Error{Code::failed_precondition, "output " + output.name + " is not in the store", output.digest,
                   ""};
  }
  MTC_TRY(record_document(document));
  const Digest key = digest_of(document);
  // Where there is a checkpoint, most of the work was done by a former attempt.
  const bool durable = result.seconds >= kDurableSeconds || state_->checkpoints.any(key);
  if (durable) MTC_TRY(state_->sync(result.outputs));
  const fs::path file = state_->layout.result(key);
  const std::string text = result_to_json(key, result);
  MTC_TRY(make_directories(file.parent_path()));
  MTC_TRY(write_file_atomic(file, text, 0444, state_->file_system,
                            durable ? Outlasts::power_cut : Outlasts::kill));
  state_->size.add(text.size());
  if (durable) MTC_TRY(sync_path(file.parent_path().parent_path(), state_->file_system));
  // What cannot be removed now is of no use any more, and gc takes it.
  static_cast<void>(state_->checkpoints.remove(key));
  return {};
}

Result<fs::path> Store::checkpoints(std::string_view document_text) {
  const Digest key = digest_of(document_text);
  MTC_TRY(state_->lease.use({{Use::Kind::key, key}}));
  MTC_TRY(record_document(document_text));
  return state_->checkpoints.make(key);
}

Result<bool> Store::settle_checkpoints(const Digest& key) {
  if (!state_->checkpoints.any(key)) {
    MTC_TRY(state_->checkpoints.remove(key));
    return false;
  }
  MTC_TRY(state_->checkpoints.count(key));
  return true;
}

Result<std::optional<std::string>> Store::document(const Digest& key) {
  MTC_ASSIGN(std::optional<std::string> text, read_if_present(state_->layout.action(key)));
  if (text && digest_of(*text) != key) {
    state_->quarantine.put(state_->layout.action(key));
    return std::optional<std::string>();
  }
  return text;
}

Result<void> Store::record_document(std::string_view document_text) {
  const Digest key = digest_of(document_text);
  MTC_TRY(state_->lease.use({{Use::Kind::key, key}}));
  const auto present = document(key);
  if (present && *present) return {};
  const fs::path file = state_->layout.action(key);
  MTC_TRY(make_directories(file.parent_path()));
  MTC_TRY(write_file_atomic(file, document_text, 0444, state_->file_system));
  state_->size.add(document_text.size());
  return {};
}

std::optional<std::int64_t> Store::quarantined_unix_ms(const Digest& key) const {
  return state_->quarantine.since_unix_ms(state_->layout.result(key));
}

std::uint64_t Store::corrupt() const { return state_->quarantine.count(); }

std::vector<std::string> Store::notes() const { return state_->stats.notes(); }

}  // namespace mtc::store
