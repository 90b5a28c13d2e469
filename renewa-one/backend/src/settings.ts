/** What the environment must and may say. */

const required = ["DATABASE_URL", "JWT_SECRET", "ENCRYPTION_MASTER_KEY"] as const;

export type Settings = Record<(typeof required)[number], string> & {
  port: number;
  commit: string;
  image: string;
  migrations: string;
};

/** Reads the settings, or throws one error that lists every missing name. Values are never shown. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const missing = required.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Error(
      `cannot start: ${missing.join(", ")} not set: set every one of them as a secret`,
    );
  }
  return {
    DATABASE_URL: env.DATABASE_URL as string,
    JWT_SECRET: env.JWT_SECRET as string,
    ENCRYPTION_MASTER_KEY: env.ENCRYPTION_MASTER_KEY as string,
    port: Number(env.BACKEND_PORT || 3000),
    commit: env.APP_REVISION || "unknown",
    image: env.FLY_IMAGE_REF || "unknown",
    migrations: env.MIGRATIONS || "migrations",
  };
}
