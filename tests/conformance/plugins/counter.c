/* SPDX-License-Identifier: Apache-2.0
 *
 * A stage in C that continues from its checkpoint: out.txt depends on every number in turn, so that one left
 * out or counted twice shows. */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mtc/plugin.h"

typedef struct state {
  int64_t done;
  uint64_t sum;
} state;

static mtc_string text(const char* c_string) {
  mtc_string string = {c_string, strlen(c_string)};
  return string;
}

static mtc_code fail(const mtc_host* host, mtc_code code, const char* message) {
  mtc_error error = {0};
  error.struct_size = sizeof error;
  error.code = code;
  error.message = text(message);
  host->fail(host, &error);
  return code;
}

static mtc_code pass_on(const mtc_host* host) {
  mtc_error error = {0};
  error.struct_size = sizeof error;
  host->last_error(host, &error);
  host->fail(host, &error);
  return error.code;
}

static void say(const mtc_host* host, int32_t level, const char* words, int64_t number) {
  char line[128];
  const mtc_log_v1* log = host->service(host, text("mtc.log/1"));
  snprintf(line, sizeof line, "%s %" PRId64, words, number);
  log->write(host, level, text(line));
}

static FILE* open_in(mtc_string folder, const char* name, const char* mode) {
  char path[4096];
  snprintf(path, sizeof path, "%.*s%s%s", (int)folder.size, folder.data, name[0] == '\0' ? "" : "/", name);
  return fopen(path, mode);
}

/* Where an earlier attempt was; from the start when there is nothing that can be read. */
static state continue_from(const mtc_host* host, const mtc_checkpoint_v1* checkpoint) {
  state reached = {0, 1};
  mtc_string folder;
  if (checkpoint == NULL || checkpoint->newest(host, &folder) != MTC_OK || folder.size == 0) return reached;
  FILE* file = open_in(folder, "state", "r");
  state read = {0, 0};
  if (file != NULL && fscanf(file, "%" SCNd64 " %" SCNu64, &read.done, &read.sum) == 2) reached = read;
  if (file != NULL) fclose(file);
  return reached;
}

/* MTC_OK when it is kept, or when the host keeps none. */
static mtc_code keep(const mtc_host* host, const mtc_checkpoint_v1* checkpoint, state reached,
                     int with_link) {
  char label[64];
  mtc_string folder;
  if (checkpoint == NULL) return MTC_OK;
  if (checkpoint->begin(host, &folder) != MTC_OK) return MTC_RESOURCE_EXHAUSTED;
  FILE* file = open_in(folder, "state", "w");
  if (file == NULL) return MTC_RESOURCE_EXHAUSTED;
  fprintf(file, "%" PRId64 " %" PRIu64 "\n", reached.done, reached.sum);
  if (fclose(file) != 0) return MTC_RESOURCE_EXHAUSTED;
  if (with_link) {
    char path[4096];
    snprintf(path, sizeof path, "%.*s/link", (int)folder.size, folder.data);
    if (symlink("/etc/passwd", path) != 0) return MTC_UNKNOWN;
  }
  snprintf(label, sizeof label, "after number %" PRId64, reached.done);
  return checkpoint->commit(host, text(label));
}

/* A stage never fails for want of a checkpoint. */
static void try_to_keep(const mtc_host* host, const mtc_checkpoint_v1* checkpoint, state reached) {
  if (keep(host, checkpoint, reached, 0) == MTC_OK) return;
  say(host, MTC_LOG_WARNING, "goes on without a checkpoint after number", reached.done);
  checkpoint->discard(host);
}

static mtc_code end_early(const mtc_host* host, const mtc_checkpoint_v1* checkpoint, mtc_string how,
                          state reached) {
  if (how.size == 5 && memcmp(how.data, "crash", 5) == 0) abort();
  if (memcmp(how.data, "link", 4) == 0)
    return keep(host, checkpoint, reached, 1) == MTC_OK ? MTC_OK : pass_on(host);
  if (memcmp(how.data, "wait", 4) == 0) {
    const mtc_cancel_v1* cancel = host->service(host, text("mtc.cancel/1"));
    const struct timespec moment = {0, 10000000};
    say(host, MTC_LOG_WARNING, "waits before", reached.done + 1);
    while (!cancel->requested(host)) nanosleep(&moment, NULL);
    return fail(host, MTC_CANCELLED, "cancelled");
  }
  return fail(host, MTC_UNAVAILABLE, "asked to fail");
}

static mtc_code count(const mtc_host* host, const mtc_checkpoint_v1* checkpoint) {
  const mtc_config_v1* config = host->service(host, text("mtc.config/1"));
  const mtc_artifact_v1* artifact = host->service(host, text("mtc.artifact/1"));
  int64_t to = 0, stop_at = 0;
  mtc_string how, out;
  if (config->integer(host, text("to"), 0, &to) != MTC_OK) return pass_on(host);
  if (config->integer(host, text("stop_at"), 0, &stop_at) != MTC_OK) return pass_on(host);
  if (config->text(host, text("how"), 0, &how) != MTC_OK) return pass_on(host);
  if (artifact->output(host, text("out"), &out) != MTC_OK) return pass_on(host);
  state reached = continue_from(host, checkpoint);
  say(host, MTC_LOG_INFO, "begins with", reached.done + 1);
  while (reached.done < to) {
    if (reached.done + 1 == stop_at) return end_early(host, checkpoint, how, reached);
    reached.done += 1;
    reached.sum = reached.sum * 31 + (uint64_t)reached.done;
    try_to_keep(host, checkpoint, reached);
  }
  FILE* file = open_in(out, "", "w");
  if (file == NULL) return fail(host, MTC_RESOURCE_EXHAUSTED, "cannot write the sum");
  fprintf(file, "%" PRIu64 "\n", reached.sum);
  return fclose(file) == 0 ? MTC_OK : fail(host, MTC_RESOURCE_EXHAUSTED, "cannot write the sum");
}

/* Writes whether the host offers checkpoints. */
static mtc_code careless(const mtc_host* host, const mtc_checkpoint_v1* checkpoint) {
  const mtc_artifact_v1* artifact = host->service(host, text("mtc.artifact/1"));
  mtc_string out;
  if (artifact->output(host, text("out"), &out) != MTC_OK) return pass_on(host);
  FILE* file = open_in(out, "", "w");
  if (file == NULL) return fail(host, MTC_RESOURCE_EXHAUSTED, "cannot write");
  fputs(checkpoint == NULL ? "no checkpoints\n" : "checkpoints\n", file);
  return fclose(file) == 0 ? MTC_OK : fail(host, MTC_RESOURCE_EXHAUSTED, "cannot write");
}

static mtc_code run(void* instance, mtc_string stage) {
  const mtc_host* host = instance;
  const mtc_checkpoint_v1* checkpoint = host->service(host, text("mtc.checkpoint/1"));
  const int counts =
      stage.size == strlen("convert.count") && memcmp(stage.data, "convert.count", stage.size) == 0;
  return counts ? count(host, checkpoint) : careless(host, checkpoint);
}

static mtc_code create(const mtc_host* host, void** instance) {
  *instance = (void*)(uintptr_t)host; /* The instance keeps nothing but its host. */
  return MTC_OK;
}

static void destroy(void* instance) { (void)instance; }

static const void* interface_of(mtc_string id) {
  static const mtc_stage_v1 stage = {sizeof(mtc_stage_v1), 0, run};
  return id.size == strlen("mtc.stage/1") && memcmp(id.data, "mtc.stage/1", id.size) == 0 ? &stage : NULL;
}

mtc_code mtc_plugin_query_dev(const mtc_query_in* in, mtc_query_out* out) {
  static const mtc_plugin plugin = {sizeof(mtc_plugin), 0, create, destroy, interface_of};
  out->abi_min = out->abi_max = MTC_ABI_VERSION;
  out->sanitizer = in->sanitizer; /* No code of its own that a sanitizer would miss. */
  if (in->abi_min > MTC_ABI_VERSION || in->abi_max < MTC_ABI_VERSION) {
    out->abi = 0;
    return MTC_FAILED_PRECONDITION;
  }
  out->abi = MTC_ABI_VERSION;
  out->plugin = &plugin;
  return MTC_OK;
}
