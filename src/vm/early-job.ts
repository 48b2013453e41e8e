/** What PID 1 tells the journal in fields. */
export interface JobFields {
  readonly unit: string;
  readonly jobType: "start";
  readonly jobResult: string | undefined;
  /** Whether the job begins with this message. */
  readonly begins: boolean;
}

/**
 * The job that a message of PID 1 is about, from its words. Until journald runs PID 1 speaks to the kernel's log, which
 * has no fields; on a slow machine that is most of a boot. Knows the words of systemd 250 and later, which name units.
 */
export function earlyJob(message: string): JobFields | undefined {
  const failed = /^(\S+): Job \S+\/start (?:failed|finished) with result '([a-z]+)'\.?$/.exec(message);
  if (failed !== null) return job(failed[1], failed[2], false);
  const done =
    /^(?:Started|Finished|Mounted|Activated swap|Reached target|Found device|Created slice|Listening on|Set up automount) (\S+\.[a-z]+) - /.exec(
      message,
    );
  if (done !== null) return job(done[1], "done", false);
  const begun = /^(?:Starting|Mounting|Activating swap|Expecting device) (\S+\.[a-z]+) - .*\.\.\.$/.exec(message);
  if (begun !== null) return job(begun[1], undefined, true);
  const skipped = /^(\S+\.[a-z]+) - .* skipped\b/.exec(message);
  return skipped === null ? undefined : job(skipped[1], "skipped", false);
}

function job(unit: string | undefined, jobResult: string | undefined, begins: boolean): JobFields | undefined {
  return unit === undefined ? undefined : { unit, jobType: "start", jobResult, begins };
}
