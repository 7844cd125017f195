#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

// XLA's pool as a kernel sees it: tasks are called some time, in any order, on threads that others use as well.

typedef struct Task {
  void (*body)(void *data);
  void *data;
  struct Task *next;
} Task;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_tasks = PTHREAD_COND_INITIALIZER;
static Task *tasks;
static bool is_over;
static pthread_t threads[MOST_THREADS];

static void *work(void *unused) {
  (void)unused;
  for (;;) {
    pthread_mutex_lock(&lock);
    while (tasks == NULL && !is_over) pthread_cond_wait(&has_tasks, &lock);
    Task *task = tasks;
    if (task != NULL) tasks = task->next;
    pthread_mutex_unlock(&lock);
    if (task == NULL) return NULL;
    task->body(task->data);
    free(task);
  }
}

void pool_begin(void) {
  for (int i = 0; i < MOST_THREADS; i++) {
    if (pthread_create(&threads[i], NULL, work, NULL) != 0) abort();
  }
}

void pool_end(void) {
  pthread_mutex_lock(&lock);
  is_over = true;
  pthread_cond_broadcast(&has_tasks);
  pthread_mutex_unlock(&lock);
  for (int i = 0; i < MOST_THREADS; i++) pthread_join(threads[i], NULL);
}

static XLA_FFI_Error *create_error(XLA_FFI_Error_Create_Args *arguments) {
  XLA_FFI_Error *error = calloc(1, sizeof *error);
  if (error == NULL) abort();
  error->code = arguments->errc;
  snprintf(error->message, sizeof error->message, "%s", arguments->message);
  return error;
}

// What is refused has no owner: XLA keeps its error.
static XLA_FFI_Error refusal = {XLA_FFI_Error_Code_INTERNAL, "the pool takes no tasks"};

static XLA_FFI_Error *schedule(XLA_FFI_ThreadPool_Schedule_Args *arguments) {
  if (arguments->ctx->refuses) return &refusal;
  Task *task = malloc(sizeof *task);
  if (task == NULL) abort();
  *task = (Task){arguments->task, arguments->data, NULL};
  pthread_mutex_lock(&lock);
  task->next = tasks;
  tasks = task;
  pthread_cond_signal(&has_tasks);
  pthread_mutex_unlock(&lock);
  return NULL;
}

static XLA_FFI_Error *count_threads(XLA_FFI_ThreadPool_NumThreads_Args *arguments) {
  *arguments->num_threads = arguments->ctx->threads;
  return NULL;
}

const XLA_FFI_Api pool_api = {
  .struct_size = sizeof(XLA_FFI_Api), .api_version = {.major_version = 0, .minor_version = 2},
  .XLA_FFI_Error_Create = create_error, .XLA_FFI_ThreadPool_Schedule = schedule,
  .XLA_FFI_ThreadPool_NumThreads = count_threads};
