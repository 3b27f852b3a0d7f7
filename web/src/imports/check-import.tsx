import { Button, Group, Loader, TagsInput, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { contactFacetsQuery } from '../api/contacts.ts';
import {
  commitImport,
  type Import,
  type ImportMapping,
  type ImportPreview,
  importKeys,
  previewImport,
} from '../api/imports.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatBytes, plural } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Section } from '../patterns/page.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import { ColumnMapping } from './column-mapping.tsx';
import { ImportFigures } from './import-figures.tsx';
import { AnotherFile, ImportHeader } from './import-page.tsx';
import { affected, becomes, countsOf, delimiterWord } from './import-words.ts';
import classes from './imports.module.css';
import { mappingOf, mappingProblem, sameMapping } from './mapping.ts';
import { RefusedRows } from './refused-rows.tsx';
import { StoredSample } from './stored-sample.tsx';
