/* What holds a pod's namespaces: sleeps until told to end, and buries orphans. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int signal) { _exit(signal == SIGKILL); }
static void bury(int signal) { while (waitpid(-1, NULL, WNOHANG) > 0) (void)signal; }

int main(void) {
    signal(SIGINT, end); signal(SIGTERM, end); signal(SIGCHLD, bury);
    for (;;) pause();
}
